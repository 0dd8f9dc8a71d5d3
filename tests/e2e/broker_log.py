# SPDX-License-Identifier: Apache-2.0
"""The files in which the broker of the tests keeps a log."""
import pathlib

from needs import need
from waiting import wait_until


def damage_batch(world, topic, partition, marker):
    """Changes a byte of the batch that has these bytes, so that its checksum is wrong."""
    folder = pathlib.Path(need("DEV_SERVERS")[0]) / f"kafka/data/{world.topics[topic]}-{partition}"
    path = folder / ("0" * 20 + ".log")
    place = wait_until(lambda: path.read_bytes().find(marker) + 1, "the batch is in the file") - 1
    with path.open("r+b") as log:
        log.seek(place)
        log.write(bytes([marker[0] ^ 1]))
