// SPDX-License-Identifier: Apache-2.0
// What librdkafka's error codes mean to us. Nearly all are RETRY: the world failed, and whoever
// runs it can mend it while we wait. FATAL are those after which this client, or this record,
// can never succeed.
#include "kafka/settings.h"

#include <string.h>

struct meaning {
    rd_kafka_resp_err_t code;
    enum disposition disposition;
    const char *reason;
};

static const struct meaning meanings[] = {
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RETRY, "BROKERS_UNREACHABLE"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, RETRY, "BROKERS_UNREACHABLE"},
    {RD_KAFKA_RESP_ERR__RESOLVE, RETRY, "BROKERS_UNREACHABLE"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, RETRY, "KAFKA_TIMEOUT"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RETRY, "KAFKA_TIMEOUT"},
    {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RETRY, "KAFKA_TIMEOUT"},
    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RETRY, "KAFKA_TIMEOUT"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, RETRY, "AUTHENTICATION_FAILED"},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, RETRY, "AUTHENTICATION_FAILED"},
    {RD_KAFKA_RESP_ERR__SSL, RETRY, "TLS_FAILED"},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RETRY, "AUTHORIZATION_FAILED"},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, RETRY, "AUTHORIZATION_FAILED"},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RETRY, "AUTHORIZATION_FAILED"},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, RETRY, "AUTHORIZATION_FAILED"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RETRY, "TOPIC_MISSING"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RETRY, "TOPIC_MISSING"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RETRY, "TOPIC_MISSING"},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RETRY, "OFFSET_OUT_OF_RANGE"},
    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, RETRY, "OFFSET_OUT_OF_RANGE"},
    {RD_KAFKA_RESP_ERR__BAD_MSG, RETRY, "DAMAGED_RECORD"},
    {RD_KAFKA_RESP_ERR__BAD_COMPRESSION, RETRY, "DAMAGED_RECORD"},
    {RD_KAFKA_RESP_ERR_INVALID_MSG, RETRY, "DAMAGED_RECORD"},
    {RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, RETRY, "POLLED_TOO_LATE"},
    {RD_KAFKA_RESP_ERR__QUEUE_FULL, RETRY, "QUEUE_FULL"},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, FATAL, "RECORD_TOO_LARGE"},
    {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, FATAL, "RECORD_TOO_LARGE"},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, FATAL, "RECORD_REFUSED"},
    {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, FATAL, "RECORD_REFUSED"},
    {RD_KAFKA_RESP_ERR__INVALID_ARG, FATAL, "RECORD_REFUSED"},
    {RD_KAFKA_RESP_ERR__FATAL, FATAL, "KAFKA_FATAL"},
};

enum { SCRAM_SINCE = 0x02060100 };

// librdkafka before 2.6.1 repeats its own nonce in its last word, which Kafka 4 takes for a wrong
// password (findings/scram_of_old_librdkafka.sh).
static const char *advice(rd_kafka_resp_err_t code, const char *text)
{
    const bool is_refusal = code == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
                            code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED;

    return is_refusal && strstr(text, "SCRAM") && rd_kafka_version() < SCRAM_SINCE
               ? "; this librdkafka is older than 2.6.1, whose SCRAM Kafka 4 refuses whatever the "
                 "password: docs/operate/secured.md"
               : "";
}

int kafka_error(struct err *err, rd_kafka_resp_err_t code, const char *text)
{
    const char *name = rd_kafka_err2str(code);

    if (!text)
        text = "";
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == code)
            return err_set(err, meanings[i].disposition, meanings[i].reason, "%s%s%.300s%s", name,
                           *text ? ": " : "", text, advice(code, text));
    return err_set(err, RETRY, "KAFKA_ERROR", "%s%s%s", name, *text ? ": " : "", text);
}

int kafka_topic_error(struct err *err, rd_kafka_resp_err_t code, enum right right,
                      const char *topic, const char *text)
{
    return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ? right_denied(err, right, topic)
                                                                : kafka_error(err, code, text);
}

int kafka_fatal(rd_kafka_t *rk, struct err *err)
{
    char text[400] = "";
    rd_kafka_resp_err_t code = rd_kafka_fatal_error(rk, text, sizeof(text));

    if (!code)
        return DONE;
    return err_set(err, FATAL, "KAFKA_FATAL", "%s: %s", rd_kafka_err2str(code), text);
}

bool kafka_is_trouble(rd_kafka_resp_err_t code)
{
    return code != RD_KAFKA_RESP_ERR__TRANSPORT && code != RD_KAFKA_RESP_ERR__TIMED_OUT;
}
