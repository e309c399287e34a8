/* fixture.h: an engine in memory that is driven by hand, and the shortest way to talk to it. */
#ifndef TESTS_ENGINE_FIXTURE_H
#define TESTS_ENGINE_FIXTURE_H

#include <stdlib.h>

#include "engine/engine.h"
#include "tests/test.h"

struct fixture {
    struct engine *engine;
    struct session *session;
    json_t *entity; /* of the last statement that gave one */
    struct diag diag;
};

static inline int64_t fixture_now_ms(void *clock)
{
    (void)clock;
    return 1000;
}

static inline int fixture_open(void **state)
{
    const struct engine_setting settings[] = {{"auto.offset.reset", "earliest"},
                                              {"ksql.advertised.listener", "http://leat:8099"}};
    const struct engine_options options = {
        .settings = settings, .setting_count = 2, .is_manual = true, .now_ms = fixture_now_ms};
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    assert_ok(engine_open(&options, &f->engine, &f->diag), &f->diag);
    assert_ok(session_create(f->engine, &f->session, &f->diag), &f->diag);
    *state = f;
    return 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;
    json_decref(f->entity);
    session_destroy(f->session);
    engine_close(f->engine);
    free(f);
    return 0;
}

/* Runs a script to its end or first failure; f->entity becomes the last entity. */
static inline enum status fixture_try(struct fixture *f, const char *sql)
{
    struct script *script = NULL;
    struct outcome outcome = {.kind = OUTCOME_NONE};
    json_decref(f->entity);
    f->entity = NULL;
    enum status status = script_open(f->engine, f->session, text_of(sql), &script, &f->diag);
    while (status == STATUS_OK && outcome.kind != OUTCOME_END) {
        status = script_step(script, &outcome, &f->diag);
        if (status == STATUS_OK && outcome.kind == OUTCOME_ENTITY) {
            json_decref(f->entity);
            f->entity = outcome.entity;
        } else if (status == STATUS_OK && outcome.kind == OUTCOME_CURSOR) {
            cursor_close(outcome.cursor);
        }
    }
    script_close(script);
    return status;
}

static inline const json_t *fixture_run(struct fixture *f, const char *sql)
{
    assert_ok(fixture_try(f, sql), &f->diag);
    return f->entity;
}

/* Requires that sql fails with a message that contains text. */
static inline void fixture_fail(struct fixture *f, const char *sql, const char *text)
{
    assert_int_not_equal(fixture_try(f, sql), STATUS_OK);
    if (!strstr(f->diag.message, text)) {
        fail_msg("'%s' is not in '%s'", text, f->diag.message);
    }
}

/* The value at a path such as "topics.0.name"; fails the test when there is none. */
static inline const json_t *json_at(const json_t *json, const char *path)
{
    char part[128];
    const json_t *found = json;
    for (const char *next = path; *next && found;) {
        const size_t bytes = strcspn(next, ".");
        assert_true(bytes < sizeof(part));
        memcpy(part, next, bytes);
        part[bytes] = '\0';
        found = json_is_array(found) ? json_array_get(found, (size_t)atoi(part))
                                     : json_object_get(found, part);
        next += bytes + (next[bytes] == '.');
    }
    if (!found) {
        char *dump = json_dumps(json, JSON_INDENT(1));
        fail_msg("nothing at %s in %s", path, dump);
    }
    return found;
}

static inline void assert_json_string(const json_t *json, const char *path, const char *expected)
{
    const json_t *found = json_at(json, path);
    assert_true(json_is_string(found));
    assert_string_equal(json_string_value(found), expected);
}

static inline void assert_json_int(const json_t *json, const char *path, int64_t expected)
{
    const json_t *found = json_at(json, path);
    assert_true(json_is_integer(found));
    assert_int_equal(json_integer_value(found), expected);
}

/* Requires the value at path to equal expected, written as JSON. */
static inline void assert_json(const json_t *json, const char *path, const char *expected)
{
    json_t *wanted = json_loads(expected, JSON_DECODE_ANY, NULL);
    assert_non_null(wanted);
    const json_t *found = json_at(json, path);
    if (!json_equal(wanted, found)) {
        char *dump = json_dumps(found, JSON_ENCODE_ANY);
        fail_msg("%s is %s, not %s", path, dump, expected);
    }
    json_decref(wanted);
}

/* The item of a list whose member has this string value; NULL when there is none. */
static inline const json_t *json_item(const json_t *list, const char *member, const char *value)
{
    size_t index = 0;
    json_t *item = NULL;
    json_array_foreach(list, index, item)
    {
        const char *string = json_string_value(json_object_get(item, member));
        if (string && strcmp(string, value) == 0) {
            return item;
        }
    }
    return NULL;
}

#endif
