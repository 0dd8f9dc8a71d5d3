# SPDX-License-Identifier: Apache-2.0
"""jobtrail understands every producer: the rows are those of expected.json, to the microsecond."""
import interop_events
from waiting import wait_for_equal


def test_rows_of_every_producer(migrated, producer, serve):
    settings = migrated.settings() | {"schema.registry.url": producer.registry}
    running = serve(settings)
    producer.send("org-a")
    wait_for_equal(lambda: migrated.jobs("org-a"), interop_events.expected_rows(),
                   "the rows of the read model are those of expected.json")
    assert migrated.jobs("org-b") == {}
    # Whoever has that registry may have serializers that write its other numbers.
    is_apicurio = "/apis/ccompat" in producer.registry
    assert ("which counts by content ids" in running.log_text()) == is_apicurio
    running.stop()
