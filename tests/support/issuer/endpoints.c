// SPDX-License-Identifier: Apache-2.0
// What is asked of the issuer, and the plain answers.
#include "support/issuer/issuer.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/embedded.h"
#include "embedded_issuer.h"

struct slice asked_parameter(const struct asked *asked, const char *name)
{
    struct slice found = SLICE_NULL;

    for (size_t i = 0; i < asked->request.parameter_count; i++)
        if (slice_equal(asked->request.parameters[i].name, slice_of(name))) {
            if (!slice_is_null(found))
                return SLICE_NULL;
            found = asked->request.parameters[i].value;
        }
    return found;
}

void asked_json(struct asked *asked, int status, const char *format, ...)
{
    char text[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    asked->response.status = status;
    asked->response.media_type = "application/json";
    buffer_append_text(&asked->response.body, text);
}

void asked_words(struct asked *asked, int status, const char *words)
{
    asked->response.status = status;
    asked->response.media_type = "text/plain; charset=utf-8";
    buffer_append_format(&asked->response.body, "%s\n", words);
}

void asked_redirect(struct asked *asked, const struct buffer *address)
{
    asked->response.status = 303;
    asked->response.failed |= address->failed;
    response_header(&asked->response, "Location", "%.*s", (int)address->size,
                    address->data ? address->data : "");
}

static void discovery(const struct issuer *issuer, struct asked *asked)
{
    const char *at = issuer->address;

    asked_json(asked, 200,
               "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/authorize\","
               "\"token_endpoint\":\"%s/token\",\"jwks_uri\":\"%s/jwks\","
               "\"end_session_endpoint\":\"%s/end_session\","
               "\"revocation_endpoint\":\"%s/revoke\","
               "\"device_authorization_endpoint\":\"%s/device_authorization\","
               "\"response_types_supported\":[\"code\"],\"subject_types_supported\":[\"public\"],"
               "\"id_token_signing_alg_values_supported\":[\"ES256\"],"
               "\"code_challenge_methods_supported\":[\"S256\"],"
               "\"token_endpoint_auth_methods_supported\":[\"none\"],"
               "\"authorization_response_iss_parameter_supported\":true}",
               at, at, at, at, at, at, at);
}

static void end_session(const struct issuer *issuer, struct asked *asked)
{
    struct slice back = asked_parameter(asked, "post_logout_redirect_uri");
    size_t size = strlen(issuer->page);
    struct buffer address = {0};

    response_header(&asked->response, "Set-Cookie", "jobtrail_issuer=; Path=/; Max-Age=0");
    if (back.size <= size || memcmp(back.data, issuer->page, size) != 0 || back.data[size] != '/') {
        asked_words(asked, 200, "You are signed out.");
        return;
    }
    buffer_append(&address, back.data, back.size);
    asked_redirect(asked, &address);
    buffer_free(&address);
}

static void style(struct asked *asked)
{
    const struct embedded_file *file =
        embedded_find(embedded_issuer, embedded_issuer_count, "sign_in.css");
    struct slice text = embedded_slice(file);

    asked->response.status = 200;
    asked->response.media_type = "text/css; charset=utf-8";
    buffer_append(&asked->response.body, text.data, text.size);
}

// The page's scripts may read what is for them; nobody else's may.
static void admit_page(const struct issuer *issuer, struct asked *asked)
{
    struct slice origin = request_header(&asked->request, "Origin");

    response_header(&asked->response, "Vary", "Origin");
    if (slice_equal(origin, slice_of(issuer->page)))
        response_header(&asked->response, "Access-Control-Allow-Origin", "%s", issuer->page);
}

void issuer_answer(struct issuer *issuer, struct asked *asked)
{
    const struct slice path = asked->request.path;
    const bool get = asked->request.method == METHOD_GET;

    response_header(&asked->response, "Cache-Control", "no-store");
    response_header(&asked->response, "X-Content-Type-Options", "nosniff");
    response_header(&asked->response, "Referrer-Policy", "no-referrer");
    response_header(&asked->response, "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; frame-ancestors 'none'");
    if (get && slice_equal(path, SLICE_LITERAL("/.well-known/openid-configuration"))) {
        admit_page(issuer, asked);
        discovery(issuer, asked);
    } else if (get && slice_equal(path, SLICE_LITERAL("/jwks"))) {
        admit_page(issuer, asked);
        asked_json(asked, 200, "%.*s", (int)issuer->key_set.size, issuer->key_set.data);
    } else if (get && slice_equal(path, SLICE_LITERAL("/authorize"))) {
        issuer_authorize(issuer, asked);
    } else if (asked->request.method == METHOD_POST && slice_equal(path, SLICE_LITERAL("/token"))) {
        admit_page(issuer, asked);
        issuer_token(issuer, asked);
    } else if (asked->request.method == METHOD_POST &&
               slice_equal(path, SLICE_LITERAL("/revoke"))) {
        admit_page(issuer, asked);
        issuer_revoke(issuer, asked);
    } else if (asked->request.method == METHOD_POST &&
               slice_equal(path, SLICE_LITERAL("/device_authorization"))) {
        issuer_device_authorization(issuer, asked);
    } else if (get && slice_equal(path, SLICE_LITERAL("/device"))) {
        issuer_device(issuer, asked);
    } else if (get && slice_equal(path, SLICE_LITERAL("/end_session"))) {
        end_session(issuer, asked);
    } else if (get && slice_equal(path, SLICE_LITERAL("/sign_in.css"))) {
        style(asked);
    } else if (get && slice_equal(path, SLICE_LITERAL("/favicon.ico"))) {
        asked->response.status = 204;
    } else {
        asked_words(asked, 404, "There is nothing here.");
    }
}
