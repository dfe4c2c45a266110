"""Where pictures, voice and files are kept."""
