/* datagen_set.c
 *
 * A set is a table of columns: name, type, and what its values are like. Random numbers are
 * splitmix64: one addition and a mix, good enough for test data, and the same everywhere.
 */
#include "shell/datagen_set.h"

#include <inttypes.h>
#include <string.h>

enum { COLUMN_COUNT_MAX = 10, OPTION_COUNT_MAX = 10 };

enum value_kind {
    VALUE_SERIAL, /* min, min + 1, ... */
    VALUE_NOW,    /* milliseconds since 1970 */
    VALUE_NUMBER, /* whole, from min to max */
    VALUE_AMOUNT, /* from min to max, with a fraction */
    VALUE_NAME,   /* options[0] and a number from min to max */
    VALUE_OPTION, /* one of options */
    VALUE_ADDRESS /* an order's: city, state and zip code */
};

struct set_column {
    const char *name;
    const char *type;
    enum value_kind kind;
    int64_t min;
    int64_t max;
    const char *options[OPTION_COUNT_MAX];
};

struct datagen_set {
    const char *name; /* also of the stream and the topic */
    struct set_column columns[COLUMN_COUNT_MAX];
};

static const struct datagen_set sets[] = {
    {"clickstream",
     {{"userid", "INTEGER KEY", VALUE_NUMBER, 1, 40, {0}},
      {"ip", "STRING", VALUE_OPTION, 0, 0,
       {"111.152.45.45", "111.203.236.146", "111.168.57.122", "111.249.79.93", "122.145.8.244",
        "222.152.45.45", "233.203.236.146", "233.168.257.122"}},
      {"_time", "BIGINT", VALUE_NOW, 0, 0, {0}},
      {"request", "STRING", VALUE_OPTION, 0, 0,
       {"GET /index.html HTTP/1.1", "GET /site/user_status.html HTTP/1.1",
        "GET /site/login.html HTTP/1.1", "GET /images/track.png HTTP/1.1",
        "GET /images/logo-small.png HTTP/1.1"}},
      {"status", "INTEGER", VALUE_OPTION, 1, 0, {"200", "302", "404", "405", "406", "407"}},
      {"bytes", "INTEGER", VALUE_OPTION, 1, 0, {"278", "1289", "2048", "4096", "4006", "14096"}},
      {"agent", "STRING", VALUE_OPTION, 0, 0,
       {"Mozilla/5.0 (compatible; Googlebot/2.1)", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}}}},
    {"orders",
     {{"orderid", "INTEGER KEY", VALUE_SERIAL, 0, 0, {0}},
      {"ordertime", "BIGINT", VALUE_NOW, 0, 0, {0}},
      {"itemid", "STRING", VALUE_NAME, 1, 999, {"Item_"}},
      {"orderunits", "DOUBLE", VALUE_AMOUNT, 0, 10, {0}},
      {"address", "STRUCT<city STRING, state STRING, zipcode BIGINT>", VALUE_ADDRESS, 0, 0, {0}}}},
    {"pageviews",
     {{"viewtime", "BIGINT KEY", VALUE_NOW, 0, 0, {0}},
      {"userid", "STRING", VALUE_NAME, 1, 9, {"User_"}},
      {"pageid", "STRING", VALUE_NAME, 10, 99, {"Page_"}}}},
    {"ratings",
     {{"rating_id", "BIGINT KEY", VALUE_SERIAL, 1, 0, {0}},
      {"user_id", "INTEGER", VALUE_NUMBER, 1, 20, {0}},
      {"stars", "INTEGER", VALUE_NUMBER, 1, 5, {0}},
      {"route_id", "INTEGER", VALUE_NUMBER, 1, 10000, {0}},
      {"rating_time", "BIGINT", VALUE_NOW, 0, 0, {0}},
      {"channel", "STRING", VALUE_OPTION, 0, 0,
       {"web", "ios", "android", "ios-test", "iOS-test"}},
      {"message", "STRING", VALUE_OPTION, 0, 0,
       {"thank you for the most friendly, helpful experience today at your new lounge",
        "more peanuts please", "is this as good as it gets? really ?",
        "your team here rocks!", "worst. flight. ever. #neveragain",
        "why is it so difficult to keep the bathrooms clean ?",
        "Exceeded all my expectations. Thank you !"}}}},
    {"users",
     {{"userid", "STRING KEY", VALUE_NAME, 1, 9, {"User_"}},
      {"registertime", "BIGINT", VALUE_NUMBER, 1487715775521, 1519273364600, {0}},
      {"regionid", "STRING", VALUE_NAME, 1, 9, {"Region_"}},
      {"gender", "STRING", VALUE_OPTION, 0, 0, {"MALE", "FEMALE", "OTHER"}}}},
};

const struct datagen_set *datagen_set_find(const char *name)
{
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        if (strcmp(name, sets[i].name) == 0) {
            return &sets[i];
        }
    }
    return NULL;
}

void datagen_set_append_create(const struct datagen_set *set, struct buffer *out)
{
    buffer_printf(out, "CREATE STREAM IF NOT EXISTS %s (", set->name);
    for (size_t i = 0; i < COLUMN_COUNT_MAX && set->columns[i].name; i++) {
        buffer_printf(out, "%s%s %s", i ? ", " : "", set->columns[i].name, set->columns[i].type);
    }
    buffer_printf(out, ") WITH (KAFKA_TOPIC='%s', VALUE_FORMAT='JSON', PARTITIONS=1);", set->name);
}

/* --- Rows --------------------------------------------------------------------------------- */

static uint64_t next_random(struct datagen_state *state)
{
    state->random += 0x9E3779B97F4A7C15U;
    uint64_t mixed = state->random;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

static int64_t next_between(struct datagen_state *state, int64_t min, int64_t max)
{
    return min + (int64_t)(next_random(state) % (uint64_t)(max - min + 1));
}

static const char *next_option(struct datagen_state *state, const struct set_column *column)
{
    int64_t count = 0;
    while (count < OPTION_COUNT_MAX && column->options[count]) {
        count++;
    }
    return column->options[next_between(state, 0, count - 1)];
}

static void append_value(const struct set_column *column, struct datagen_state *state,
                         int64_t now_ms, struct buffer *out)
{
    switch (column->kind) {
    case VALUE_SERIAL:
        buffer_printf(out, "%" PRId64, column->min + state->row);
        return;
    case VALUE_NOW:
        buffer_printf(out, "%" PRId64, now_ms);
        return;
    case VALUE_NUMBER:
        buffer_printf(out, "%" PRId64, next_between(state, column->min, column->max));
        return;
    case VALUE_AMOUNT: {
        const int64_t whole = next_between(state, column->min, column->max - 1);
        buffer_printf(out, "%" PRId64 ".%04" PRId64, whole, next_between(state, 0, 9999));
        return;
    }
    case VALUE_NAME:
        buffer_printf(out, "'%s%" PRId64 "'", column->options[0],
                      next_between(state, column->min, column->max));
        return;
    case VALUE_OPTION: { /* min 1: numbers, written without quotes */
        const char *quote = column->min == 1 ? "" : "'";
        buffer_printf(out, "%s%s%s", quote, next_option(state, column), quote);
        return;
    }
    case VALUE_ADDRESS: {
        const int64_t city = next_between(state, 10, 99);
        const int64_t region = next_between(state, 10, 99);
        const int64_t zip_code = next_between(state, 10000, 99999);
        buffer_printf(out,
                      "STRUCT(city := 'City_%" PRId64 "', state := 'State_%" PRId64
                      "', zipcode := %" PRId64 ")",
                      city, region, zip_code);
        return;
    }
    }
}

void datagen_set_append_row(const struct datagen_set *set, struct datagen_state *state,
                            int64_t now_ms, struct buffer *out)
{
    buffer_printf(out, "INSERT INTO %s VALUES (", set->name);
    for (size_t i = 0; i < COLUMN_COUNT_MAX && set->columns[i].name; i++) {
        buffer_append_string(out, i ? ", " : "");
        append_value(&set->columns[i], state, now_ms, out);
    }
    buffer_append_string(out, ");");
    state->row++;
}
