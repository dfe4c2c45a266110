"""What an operator's commands do, against a stand-in for AWS and the simulator as LINE."""
