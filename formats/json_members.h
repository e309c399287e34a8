/* json_members.h: the members of one JSON object as Jackson keeps them: each name once, at its
 * first place, with its last value.
 *
 * Finding a name is a scan while there are few and a hash table from then on, so that an object
 * with a million names costs what its bytes cost. Lives in an arena. Thread: one at a time. */
#ifndef FORMATS_JSON_MEMBERS_H
#define FORMATS_JSON_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

struct json_member {
    struct text name;  /* what the name stands for, escapes resolved; borrowed */
    const char *value; /* where its value starts */
};

struct json_members {
    struct arena *arena;
    uint32_t count;
    uint32_t capacity;
    struct json_member *items;
    uint32_t slot_count; /* a power of two; 0 while names are found by scanning */
    uint32_t *slots;     /* 1 + index of an item; 0: free */
};

/* Adds the name or replaces its value; false when memory is out. */
bool json_members_put(struct json_members *members, struct text name, const char *value);

#endif
