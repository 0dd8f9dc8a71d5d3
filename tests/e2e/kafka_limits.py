# SPDX-License-Identifier: Apache-2.0
"""Topics that take no large records."""
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from waiting import wait_until


def limit_topic(world, topic, size):
    """No record of the topic is larger from now on."""
    resource = ConfigResource(ResourceType.TOPIC, world.topics[topic], incremental_configs=[
        ConfigEntry("max.message.bytes", str(size),
                    incremental_operation=AlterConfigOpType.SET)])
    for future in world.admin.incremental_alter_configs([resource]).values():
        future.result(30)

    def holds():
        asked = ConfigResource(ResourceType.TOPIC, world.topics[topic])
        for future in world.admin.describe_configs([asked]).values():
            return future.result(30)["max.message.bytes"].value == str(size)

    wait_until(holds, "the topic is limited")
