/* registry_fixture.h: a schema registry of a few texts, and a row through a registry format and
 * back: what the tests of these formats share. */
#ifndef TESTS_FORMATS_REGISTRY_FIXTURE_H
#define TESTS_FORMATS_REGISTRY_FIXTURE_H

#include "formats/schema_registry.h"
#include "tests/formats/fixture.h"

enum { REGISTRY_FIXTURE_MAX = 8 };

struct registry_fixture {
    struct fixture base;
    struct schema_registry registry;
    struct registered_schema schemas[REGISTRY_FIXTURE_MAX]; /* ids from 1 on */
    uint32_t count;
};

void registry_fixture_init(struct registry_fixture *fixture);
void registry_fixture_release(struct registry_fixture *fixture);

/* Adds a schema and gives its id. */
uint32_t registry_fixture_add(struct registry_fixture *fixture, enum format_kind format,
                              const char *text);
/* Adds the schema that is made of these columns. */
uint32_t registry_fixture_add_columns(struct registry_fixture *fixture, enum format_kind format,
                                      enum format_nullable nullable, const char *columns);

/* The columns of the schema added last, as "A INTEGER, B STRING", or "! " and why there are none.
 * Valid until the next call. */
const char *registry_fixture_columns(struct registry_fixture *fixture, bool keeps_case);

/* A JSON object of these columns as a record written with schema id; kept in the arena. Fails the
 * test unless it can be written; data NULL: a null record. */
struct text registry_fixture_encode(struct registry_fixture *fixture, enum format_kind format,
                                    uint32_t id, const char *columns, const char *json);
/* Why the same row cannot be written, or "" if it can. Valid until the next call. */
const char *registry_fixture_refusal(struct registry_fixture *fixture, enum format_kind format,
                                     uint32_t id, const char *columns, const char *json);
/* The record read as these columns, shown as fixture_decode does. */
const char *registry_fixture_decode(struct registry_fixture *fixture, enum format_kind format,
                                    const char *columns, struct text record);

/* Every record that differs from this one in a bit, or ends before it, is read without harm. */
void registry_fixture_spoil(struct registry_fixture *fixture, enum format_kind format,
                            const char *columns, struct text record);

#endif
