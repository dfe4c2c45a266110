"""Measures what the README quotes: Liao beside a handler as tutorials write it.

    python -m bench [NAME…] [--quick] [--json FILE] [--markdown] [--write-readme]

Everything plays on this machine: the simulator is a process of its own, and so is each bot, under
`chalice local`. One bot runs at a time. All numbers of a run were measured in that run.

    acknowledge, handler, throughput, latency   the benchmarks on a laptop
    cold_start, zipped, costs                   those of the functions on AWS, with stand-ins for it
    baseline/                                   the plain handler, a Chalice project of its own
    stage, simulator_process                    processes and folders, and their end
    people, load                                who writes, and how the webhooks are sent
    in_process                                  a bot's entry point without a server around it
    parts                                       where a message's time went, by the bot's log
    results, render, words                      figures, tables, and what they say
"""
