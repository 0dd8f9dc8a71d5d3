// SPDX-License-Identifier: Apache-2.0
// local_issuer: see issuer.h.
//
//   local_issuer --listen 127.0.0.1:PORT [--address ORIGIN] --page ORIGIN --client-id ID --audience
//   TEXT
//       --member ROLE:ID:ORGANIZATION:NAME ... [--lifetime SECONDS] [--without-refresh]
//
// --address: where the browser and jobtrail find it, if not where it listens. In a container, to
// which others come by a port of this machine, it may then listen on 0.0.0.0.
//
// Serves until SIGTERM or SIGINT. Its key is made at the start and gone at the end.
#include "support/issuer/issuer.h"

#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/token/token_key.h"
#include "http/listening.h"

enum { HEADERS_MAX = 64, BACKLOG = 64, IDLE_SECONDS = 30, LIFETIME_S = 300 };

struct visit_in {
    struct asked asked;
    struct buffer target, form;
    struct named_text headers[HEADERS_MAX];
    bool has_begun;
};

static bool add_member(struct issuer *issuer, char *text)
{
    struct member *member = &issuer->members[issuer->member_count];

    if (issuer->member_count++ == MEMBERS_MAX)
        return false;
    member->role = strsep(&text, ":");
    member->id = strsep(&text, ":");
    member->organization_id = strsep(&text, ":");
    member->name = text;
    return text != NULL;
}

static bool take_address(struct issuer *issuer, const char *origin)
{
    int size = snprintf(issuer->address, sizeof issuer->address, "%s", origin);

    return size > 0 && (size_t)size < sizeof issuer->address;
}

static bool is_reachable_as_told(const struct issuer *issuer)
{
    return !strcmp(issuer->listen.host, "127.0.0.1") ||
           (*issuer->address && !strcmp(issuer->listen.host, "0.0.0.0"));
}

bool issuer_read_flags(struct issuer *issuer, int count, char **words)
{
    bool good = true;

    issuer->lifetime_s = LIFETIME_S;
    issuer->refreshes = true;
    for (int i = 1; i < count && good; i++) {
        const char *flag = words[i];

        if (!strcmp(flag, "--without-refresh")) {
            issuer->refreshes = false;
            continue;
        }
        if (++i == count)
            return false;
        if (!strcmp(flag, "--listen"))
            good = option_value_listen(words[i], &issuer->listen);
        else if (!strcmp(flag, "--address"))
            good = take_address(issuer, words[i]);
        else if (!strcmp(flag, "--page"))
            issuer->page = words[i];
        else if (!strcmp(flag, "--client-id"))
            issuer->client_id = words[i];
        else if (!strcmp(flag, "--audience"))
            issuer->audience = words[i];
        else if (!strcmp(flag, "--lifetime"))
            good = option_value_integer(OPTION_INTEGER, words[i], &issuer->lifetime_s);
        else
            good = !strcmp(flag, "--member") && add_member(issuer, words[i]);
    }
    return good && issuer->page && issuer->client_id && issuer->audience && issuer->member_count &&
           is_reachable_as_told(issuer);
}

static void *begin(void *self, const char *target, struct MHD_Connection *mhd)
{
    struct visit_in *in = calloc(1, sizeof *in);

    (void)self, (void)mhd;
    if (!in)
        return NULL;
    buffer_append_text(&in->target, target);
    response_init(&in->asked.response);
    arena_init(&in->asked.arena);
    in->asked.request.headers = in->headers;
    return in;
}

static void end(void *self, struct MHD_Connection *mhd, void **request,
                enum MHD_RequestTerminationCode code)
{
    struct visit_in *in = *request;

    (void)self, (void)mhd, (void)code;
    if (!in)
        return;
    response_free(&in->asked.response);
    arena_reset(&in->asked.arena);
    buffer_free(&in->target);
    buffer_free(&in->form);
    free(in);
}

static size_t leave_encoded(void *self, struct MHD_Connection *mhd, char *text)
{
    (void)self, (void)mhd;
    return strlen(text);
}

static enum MHD_Result take_header(void *self, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct visit_in *in = self;
    size_t *count = &in->asked.request.header_count;

    (void)kind;
    if (*count == HEADERS_MAX)
        return MHD_NO;
    in->headers[(*count)++] = (struct named_text){slice_of(name), slice_of(value ? value : "")};
    return MHD_YES;
}

static enum MHD_Result send_off(struct MHD_Connection *mhd, struct response *response)
{
    struct MHD_Response *out;
    enum MHD_Result result;

    if (response_has_failed(response))
        return MHD_NO;
    out = MHD_create_response_from_buffer(response->body.size, response->body.data,
                                          MHD_RESPMEM_MUST_COPY);
    if (!out)
        return MHD_NO;
    if (response->media_type)
        MHD_add_response_header(out, "Content-Type", response->media_type);
    for (size_t i = 0; i < response->header_count; i++)
        MHD_add_response_header(out, response->headers[i].name.data,
                                response->headers[i].value.data);
    result = MHD_queue_response(mhd, (unsigned)response->status, out);
    MHD_destroy_response(out);
    return result;
}

// A form is read as if it were the query of the address.
static enum MHD_Result answer(struct issuer *issuer, struct visit_in *in,
                              struct MHD_Connection *mhd)
{
    struct asked *asked = &in->asked;
    const char *member = MHD_lookup_connection_value(mhd, MHD_COOKIE_KIND, "jobtrail_issuer");

    asked->signed_in =
        member && member[0] >= '0' && !member[1] && (size_t)(member[0] - '0') < issuer->member_count
            ? member[0] - '0'
            : MEMBER_NONE;
    if (in->form.size) {
        buffer_append_text(&in->target, "?");
        buffer_append(&in->target, in->form.data, in->form.size);
    }
    if (in->target.failed || in->form.failed)
        return MHD_NO;
    if (request_read_target(&asked->request, buffer_slice(&in->target), &asked->arena))
        asked_words(asked, 400, "This cannot be read.");
    else
        issuer_answer(issuer, asked);
    return send_off(mhd, &asked->response);
}

static enum MHD_Result handle(void *self, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    struct visit_in *in = *request;

    (void)url, (void)version;
    if (!in)
        return MHD_NO;
    if (!in->has_begun) {
        in->has_begun = true;
        in->asked.request.method = request_method(method);
        MHD_get_connection_values(mhd, MHD_HEADER_KIND, take_header, in);
        return MHD_YES;
    }
    if (*upload_size) {
        if (in->form.size + *upload_size > BODY_MAX_BYTES)
            return MHD_NO;
        buffer_append(&in->form, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return answer(self, in, mhd);
}

static struct MHD_Daemon *start(struct issuer *issuer, struct err *err)
{
    struct MHD_Daemon *daemon;
    int fd;

    if (token_key_make("ES256", &issuer->key, &issuer->key_set, err) ||
        listening_open(&issuer->listen, "--listen", BACKLOG, &fd, err))
        return NULL;
    if (!*issuer->address)
        snprintf(issuer->address, sizeof issuer->address, "http://%s:%u", issuer->listen.host,
                 (unsigned)listening_port(fd));
    daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, issuer,
                              MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_TIMEOUT,
                              (unsigned)IDLE_SECONDS, MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
                              MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL,
                              MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_END);
    if (!daemon)
        err_set(err, FATAL, "LISTEN", "the listener cannot be started");
    return daemon;
}

int main(int count, char **words)
{
    static struct issuer issuer;
    struct MHD_Daemon *daemon;
    struct err err;
    sigset_t signals;
    int signal;

    if (!issuer_read_flags(&issuer, count, words)) {
        fprintf(stderr, "local_issuer: wrong flags; they are described in its source\n");
        return 2;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    daemon = start(&issuer, &err);
    if (!daemon) {
        fprintf(stderr, "local_issuer: %s\n", err.text);
        return 1;
    }
    printf("%s\n", issuer.address);
    fflush(stdout);
    sigwait(&signals, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}
