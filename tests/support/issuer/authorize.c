// SPDX-License-Identifier: Apache-2.0
// Where a member is sent to sign in: a page to choose from, or, for a browser that has chosen
// already and a question that may not be asked (prompt=none), straight back.
#include "support/issuer/issuer.h"

#include "base/embedded.h"
#include "embedded_issuer.h"

// A program of this machine that listens on some port (RFC 8252).
static bool is_loopback(struct slice redirect)
{
    static const char begin[] = "http://127.0.0.1:";
    size_t at = sizeof begin - 1;

    if (redirect.size <= at || memcmp(redirect.data, begin, at) != 0)
        return false;
    while (at < redirect.size && redirect.data[at] >= '0' && redirect.data[at] <= '9')
        at++;
    return at + 1 == redirect.size && redirect.data[at] == '/';
}

// Back to the page: to an organisation of it, or to the address that all share; or to "jobtrail
// login".
static bool is_ours(const struct issuer *issuer, struct slice redirect)
{
    struct buffer begin = {0}, shared = {0};
    bool is;

    buffer_append_format(&begin, "%s/organizations/", issuer->page);
    buffer_append_format(&shared, "%s/page/signed-in", issuer->page);
    is = !begin.failed && redirect.size > begin.size &&
         !memcmp(redirect.data, begin.data, begin.size) &&
         !memchr(redirect.data, '?', redirect.size) && !memchr(redirect.data, '#', redirect.size);
    is |= !shared.failed && slice_equal(redirect, buffer_slice(&shared));
    is |= is_loopback(redirect);
    buffer_free(&begin);
    buffer_free(&shared);
    return is;
}

static void append_parameter(struct buffer *out, const char *name, struct slice value)
{
    buffer_append_format(out, "%s=", name);
    request_encode(out, value);
}

static void go_back(const struct issuer *issuer, struct asked *asked, const char *name,
                    const char *value)
{
    struct slice redirect = asked_parameter(asked, "redirect_uri");
    struct buffer address = {0};

    buffer_append(&address, redirect.data, redirect.size);
    append_parameter(&address, "?state", asked_parameter(asked, "state"));
    append_parameter(&address, "&iss", slice_of(issuer->address));
    buffer_append_text(&address, "&");
    append_parameter(&address, name, slice_of(value));
    asked_redirect(asked, &address);
    buffer_free(&address);
}

static void let_in(struct issuer *issuer, struct asked *asked, int member)
{
    const char *code = issuer_grant_code(issuer, member, asked_parameter(asked, "nonce"),
                                         asked_parameter(asked, "code_challenge"),
                                         asked_parameter(asked, "redirect_uri"));

    if (!code) {
        asked->response.failed = true;
        return;
    }
    response_header(&asked->response, "Set-Cookie",
                    "jobtrail_issuer=%d; Path=/; HttpOnly; SameSite=Lax", member);
    go_back(issuer, asked, "code", code);
}

// What stands for {name} in the piece of the page that is there for each member.
static void fill(struct buffer *out, struct slice piece, const struct member *member,
                 struct slice address)
{
    const struct named_text values[] = {
        {SLICE_LITERAL("{name}"), slice_of(member->name)},
        {SLICE_LITERAL("{role}"), slice_of(member->role)},
        {SLICE_LITERAL("{id}"), slice_of(member->id)},
        {SLICE_LITERAL("{address}"), address},
    };

    for (size_t i = 0; i < piece.size; i++) {
        const struct named_text *value = NULL;

        for (size_t j = 0; j < sizeof values / sizeof *values; j++)
            if (piece.size - i >= values[j].name.size &&
                !memcmp(piece.data + i, values[j].name.data, values[j].name.size))
                value = &values[j];
        if (value) {
            buffer_append(out, value->value.data, value->value.size);
            i += value->name.size - 1;
        } else {
            buffer_append(out, piece.data + i, 1);
        }
    }
}

static void append_member(struct buffer *out, struct slice piece, const struct asked *asked,
                          const char *to, const struct member *member, size_t place)
{
    struct buffer address = {0};

    // As it was sent, percent-encoded, so that nothing in it is markup but the ampersand.
    buffer_append_format(&address, "%s?", to);
    for (size_t i = 0; i < asked->request.query.size; i++)
        if (asked->request.query.data[i] == '&')
            buffer_append_text(&address, "&amp;");
        else if (!strchr("<>\"'", asked->request.query.data[i]))
            buffer_append(&address, asked->request.query.data + i, 1);
    buffer_append_format(&address, "&amp;member=%zu", place);
    fill(out, piece, member, buffer_slice(&address));
    out->failed |= address.failed;
    buffer_free(&address);
}

// The page's text has a piece between these marks, once for each member.
void issuer_offer(const struct issuer *issuer, struct asked *asked, const char *address)
{
    static const char begin[] = "<!-- member -->", end[] = "<!-- /member -->";
    struct slice text =
        embedded_slice(embedded_find(embedded_issuer, embedded_issuer_count, "sign_in.html"));
    const char *from = strstr(text.data, begin);
    const char *to = strstr(text.data, end);
    struct buffer *body = &asked->response.body;
    struct slice piece = {from + sizeof begin - 1, (size_t)(to - from) - (sizeof begin - 1)};

    asked->response.status = 200;
    asked->response.media_type = "text/html; charset=utf-8";
    buffer_append(body, text.data, (size_t)(from - text.data));
    for (size_t i = 0; i < issuer->member_count; i++)
        append_member(body, piece, asked, address, &issuer->members[i], i);
    to += sizeof end - 1;
    buffer_append(body, to, (size_t)(text.data + text.size - to));
}

void issuer_authorize(struct issuer *issuer, struct asked *asked)
{
    int member;

    if (!slice_equal(asked_parameter(asked, "client_id"), slice_of(issuer->client_id)) ||
        !is_ours(issuer, asked_parameter(asked, "redirect_uri"))) {
        asked_words(asked, 400, "This issuer knows no such page.");
        return;
    }
    if (!slice_equal(asked_parameter(asked, "response_type"), SLICE_LITERAL("code")) ||
        !slice_equal(asked_parameter(asked, "code_challenge_method"), SLICE_LITERAL("S256")) ||
        !asked_parameter(asked, "code_challenge").size)
        go_back(issuer, asked, "error", "invalid_request");
    else if (issuer_read_member(issuer, asked_parameter(asked, "member"), &member))
        let_in(issuer, asked, member);
    else if (!slice_equal(asked_parameter(asked, "prompt"), SLICE_LITERAL("none")))
        issuer_offer(issuer, asked, "authorize");
    else if (asked->signed_in != MEMBER_NONE)
        let_in(issuer, asked, asked->signed_in);
    else
        go_back(issuer, asked, "error", "login_required");
}
