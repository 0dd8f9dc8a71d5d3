// SPDX-License-Identifier: Apache-2.0
// A borrowed run of bytes. Absent (SQL's and JSON's null) is data == NULL; an empty text has
// data != NULL and size 0. Whoever hands one out says how long it lives.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *data;
    size_t size;
};

#define SLICE_NULL          ((struct slice){NULL, 0})
#define SLICE_LITERAL(text) ((struct slice){"" text, sizeof(text) - 1})

static inline struct slice slice_of(const char *text)
{
    return text ? (struct slice){text, strlen(text)} : SLICE_NULL;
}

static inline bool slice_is_null(struct slice slice)
{
    return slice.data == NULL;
}

// Byte for byte; absent equals only absent.
static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && !a.data == !b.data && (!a.data || !memcmp(a.data, b.data, a.size));
}

// A total order: absent first, then by bytes, a prefix before what it begins. <0, 0 or >0.
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t shared = a.size < b.size ? a.size : b.size;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;

    if (order)
        return order;
    if (!a.data != !b.data)
        return a.data ? 1 : -1;
    return (a.size > b.size) - (a.size < b.size);
}

// Where the byte is for the last time; NULL: nowhere.
static inline const char *slice_last(struct slice text, char byte)
{
    while (text.size--)
        if (text.data[text.size] == byte)
            return text.data + text.size;
    return NULL;
}

// Without the slashes at its end: an address of something that has others below it.
static inline struct slice slice_without_slashes(struct slice address)
{
    while (address.size && address.data[address.size - 1] == '/')
        address.size--;
    return address;
}

// Without the blanks and tabs around it.
static inline struct slice slice_trimmed(struct slice text)
{
    while (text.size && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = (struct slice){text.data + 1, text.size - 1};
    while (text.size && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
        text.size--;
    return text;
}
