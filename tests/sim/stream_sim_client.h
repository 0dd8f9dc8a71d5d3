// SPDX-License-Identifier: Apache-2.0
// A reader of the made world's live stream, as a page is one: lists, streams from where the list
// ended, takes each message at its word, lists anew when told to, comes back when it ends.
#pragma once

#include "sim/stream_sim_database.h"

enum { CLIENT_TEXT = 64 * 1024 };

struct sim_client {
    struct dice *dice;
    struct viewer viewer;
    bool is_administrator;
    const char *type; // only jobs of that type; NULL: all
    int version[SIM_JOBS];
    int64_t last_id;
    struct hub *hub;
    struct subscriber *subscriber; // NULL: away
    char text[CLIENT_TEXT];        // of a message that is not whole yet
    size_t size;
    bool has_ended;
    const char *fault; // what must not be; NULL: nothing
    bool is_greeted;   // a message of this stream came
    size_t messages, resets, resumed;
};

void sim_client_begin(struct sim_client *client, struct dice *dice);
// Comes to that hub if it is away.
void sim_client_come(struct sim_client *client, struct hub *hub);
// Reads so many bytes at most; leaves when the stream has ended.
void sim_client_read(struct sim_client *client, size_t size);
void sim_client_leave(struct sim_client *client);
// Whether they see what there is to be seen.
bool sim_client_is_right(const struct sim_client *client);
