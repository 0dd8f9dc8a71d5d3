// SPDX-License-Identifier: Apache-2.0
#include "sim/stream_sim_client.h"

#include <jansson.h>
#include <stdlib.h>

void sim_client_begin(struct sim_client *client, struct dice *dice)
{
    static const char *const members[] = {"ada", "bob", "root"};

    memset(client, 0, sizeof *client);
    client->dice = dice;
    client->is_administrator = dice_percent(dice, 50);
    client->viewer = (struct viewer){
        .organization_id = slice_of(dice_percent(dice, 50) ? "a" : "b"),
        .member = slice_of(members[dice_below(dice, 3)]),
        .role = client->is_administrator ? ROLE_ADMINISTRATOR : ROLE_MANAGER,
        .ends_at_us = INT64_MAX,
    };
    client->type = dice_percent(dice, 50) ? "Load" : NULL;
    client->last_id = -1;
}

static bool sees(const struct sim_client *client, int job)
{
    return slice_equal(client->viewer.organization_id, slice_of(sim_organization(job))) &&
           (client->is_administrator ||
            slice_equal(client->viewer.member, slice_of(sim_creator(job))));
}

// What a list would show, of the server that the client's hub reads.
static int listed(const struct sim_client *client, int job)
{
    const char *conninfo = client->hub ? client->hub->options.store.conninfo : NULL;
    int version = sim_server(conninfo)->version[job];

    return sees(client, job) && version &&
                   (!client->type || !strcmp(client->type, sim_type(version)))
               ? version
               : 0;
}

static void list(struct sim_client *client)
{
    client->last_id = hub_position(client->hub);
    for (int job = 0; job < SIM_JOBS; job++)
        client->version[job] = listed(client, job);
}

static int job_of(const json_t *data)
{
    return atoi(json_string_value(json_object_get(data, "jobID")) + 1);
}

static void take_job(struct sim_client *client, const char *event, const json_t *data)
{
    int job = job_of(data);
    int version = (int)json_integer_value(json_object_get(data, "attempt"));
    bool is_gone = !strcmp(event, "gone");

    if (!sees(client, job))
        client->fault = "a client is told of a job out of their scope";
    if (!is_gone && client->type && strcmp(client->type, sim_type(version)) != 0)
        client->fault = "a client is told of a job outside their filter";
    client->version[job] = is_gone ? 0 : version;
    client->messages++;
}

static void take(struct sim_client *client, const char *event, int64_t id, const char *text)
{
    json_t *data = json_loads(text, 0, NULL);

    if (id >= 0)
        client->last_id = id;
    if (!data) {
        client->fault = "a message is not JSON";
    } else if (!strcmp(event, "job") || !strcmp(event, "gone")) {
        take_job(client, event, data);
    } else if (!strcmp(event, "reset")) {
        list(client);
        client->resets++;
    }
    json_decref(data);
}

static void take_message(struct sim_client *client, char *message)
{
    char *line, *rest = message;
    const char *event = NULL, *data = NULL;
    bool says_when_to_come_back = false;
    int64_t id = -1;

    while ((line = strtok_r(rest, "\n", &rest))) {
        if (!strncmp(line, "event: ", 7))
            event = line + 7;
        else if (!strncmp(line, "data: ", 6))
            data = line + 6;
        else if (!strncmp(line, "id: ", 4))
            id = atoll(line + 4);
        else if (!strncmp(line, "retry: ", 7))
            says_when_to_come_back = true;
    }
    if (!event || !data)
        client->fault = "a message has no event, or no data";
    else if (client->is_greeted == says_when_to_come_back && strcmp(event, "end") != 0)
        client->fault = "when to come back is not what the first message says, and it alone";
    client->is_greeted = true;
    if (event && data)
        take(client, event, id, data);
}

void sim_client_read(struct sim_client *client, size_t size)
{
    char *end;

    if (!client->subscriber)
        return;
    if (size > CLIENT_TEXT - 1 - client->size)
        size = CLIENT_TEXT - 1 - client->size;
    client->size += frame_queue_read(&client->subscriber->queue, client->text + client->size, size);
    client->text[client->size] = '\0';
    while ((end = strstr(client->text, "\n\n"))) {
        size_t whole = (size_t)(end - client->text) + 2;

        *end = '\0';
        take_message(client, client->text);
        memmove(client->text, client->text + whole, client->size - whole + 1);
        client->size -= whole;
    }
    if (!client->subscriber->queue.count && client->subscriber->ends)
        sim_client_leave(client);
}

void sim_client_come(struct sim_client *client, struct hub *hub)
{
    struct job_filter filter = job_filter_of_all();
    const struct job_scope scope = {client->viewer.organization_id,
                                    client->is_administrator ? SLICE_NULL : client->viewer.member};

    if (client->subscriber)
        return;
    client->hub = hub;
    if (client->last_id < 0)
        list(client);
    else
        client->resumed++;
    if (client->last_id < 0)
        return; // the hub does not know a position yet
    if (client->type)
        filter.types[filter.type_count++] = slice_of(client->type);
    client->subscriber = subscriber_new(&(struct subscription){.viewer = &client->viewer,
                                                               .scope = &scope,
                                                               .filter = &filter,
                                                               .resume_from = client->last_id});
    if (client->subscriber)
        hub_join(hub, client->subscriber);
    client->is_greeted = false;
}

void sim_client_leave(struct sim_client *client)
{
    if (!client->subscriber)
        return;
    subscriber_close(client->subscriber);
    subscriber_free(client->subscriber);
    client->subscriber = NULL;
    client->size = 0; // a message that was cut short is worth nothing
}

bool sim_client_is_right(const struct sim_client *client)
{
    for (int job = 0; job < SIM_JOBS; job++)
        if (client->version[job] != listed(client, job))
            return false;
    return true;
}
