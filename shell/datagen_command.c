/* datagen_command.c
 *
 * `leat datagen nexmark`: the three event streams as JSON, to files or to topics of a data
 * directory. The same seed gives the same bytes. `leat datagen SET --server URL`: one of ksqlDB's
 * quickstart sets into a running server (datagen_feed.c).
 */
#include "shell/datagen_command.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "shell/datagen_feed.h"
#include "shell/nexmark.h"
#include "shell/options.h"

enum { KIND_COUNT = 3, EVENTS_PER_CALL = BATCH_ROWS_MAX };

struct datagen {
    int64_t event_count;
    int64_t seed;
    enum nexmark_profile profile;
    const char *data_dir; /* topics; NULL: files */
    const char *out_dir;  /* files; NULL: all events to standard output */
    const char *server;   /* takes a quickstart set; NULL: nexmark */
    const struct datagen_set *set;
    int64_t rate; /* rows a second, of a quickstart set; 0: as fast as they are taken */
    struct engine *engine;
    FILE *files[KIND_COUNT];
    struct buffer lines;
    struct record *records; /* of one kind: EVENTS_PER_CALL */
    size_t *ends;           /* of each event in lines */
    enum nexmark_kind *kinds;
    int64_t *times_ms;
    struct diag diag;
};

static const struct option_row rows[] = {
    {"events", OPTION_NUMBER, offsetof(struct datagen, event_count), "N",
     "number of events: 2 % persons, 6 % auctions, 92 % bids", 1, INT64_MAX},
    {"seed", OPTION_NUMBER, offsetof(struct datagen, seed), "S",
     "the same seed gives the same events (default 1)", 0, INT64_MAX},
    {"profile", OPTION_PROFILE, offsetof(struct datagen, profile), "P",
     "dense (10 M events per second of event time, default) or sparse (10 k)", 0, 0},
    {"data", OPTION_TEXT, offsetof(struct datagen, data_dir), "DIR",
     "to the topics person, auction and bid of DIR, created if need be", 0, 0},
    {"out", OPTION_TEXT, offsetof(struct datagen, out_dir), "DIR",
     "to the files person.json, auction.json and bid.json in DIR", 0, 0},
    {"server", OPTION_TEXT, offsetof(struct datagen, server), "URL",
     "the server that takes the rows of SET", 0, 0},
    {"rate", OPTION_NUMBER, offsetof(struct datagen, rate), "N",
     "rows of SET a second (default: as fast as the server takes them)", 1, 1000000},
};

static const struct option_table options = {
    .command = "leat datagen",
    .usage = "usage: leat datagen nexmark --events N [OPTIONS]\n"
             "       leat datagen SET --server URL [--events N] [--rate N] [--seed S]\n\n"
             "Writes NEXMark's persons, auctions and bids as JSON, one object per event; or feeds\n"
             "a server: SET is clickstream, orders, pageviews, ratings or users, as in\n"
             "ksql-datagen. A stream of that name is created, and rows are inserted, without end\n"
             "unless --events is given.\n\n",
    .footer = "\nWithout --data or --out all events go to standard output, in order.\n\n"
              "Exit code: 0 done, 1 it failed, 2 wrong usage.\n",
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

/* Says what argument asks for. Returns OPTIONS_GO_ON, or the exit code. */
static int take_subject(struct datagen *datagen, const char *argument)
{
    datagen->set = argument ? datagen_set_find(argument) : NULL;
    if (!datagen->set && (!argument || strcmp(argument, "nexmark") != 0)) {
        return options_usage_error(&options, "what to generate is needed: nexmark, clickstream, "
                                             "orders, pageviews, ratings or users");
    }
    if (datagen->set) {
        return datagen->server ? OPTIONS_GO_ON
                               : options_usage_error(&options, "--server is needed");
    }
    if (datagen->server) {
        return options_usage_error(&options, "nexmark goes to files or topics, not to a server");
    }
    return datagen->event_count ? OPTIONS_GO_ON
                                : options_usage_error(&options, "--events is needed");
}

/* --- Targets ------------------------------------------------------------------------------ */

static enum status open_topics(struct datagen *datagen)
{
    const struct engine_options engine_options = {.data_dir = datagen->data_dir,
                                                  .is_manual = true};
    TRY(engine_open(&engine_options, &datagen->engine, &datagen->diag));
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const enum status status =
            engine_create_topic(datagen->engine, nexmark_kind_name((enum nexmark_kind)kind), 1,
                                &datagen->diag);
        if (status != STATUS_OK && status != STATUS_CONFLICT) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status open_files(struct datagen *datagen)
{
    char path[4096];
    (void)mkdir(datagen->out_dir, 0777);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        (void)snprintf(path, sizeof(path), "%s/%s.json", datagen->out_dir,
                       nexmark_kind_name((enum nexmark_kind)kind));
        datagen->files[kind] = fopen(path, "we");
        if (!datagen->files[kind]) {
            return diag_fail(&datagen->diag, STATUS_IO, SQL_POS_NONE, "cannot write %s: %s", path,
                             strerror(errno));
        }
    }
    return STATUS_OK;
}

static enum status open_target(struct datagen *datagen)
{
    if (datagen->data_dir) {
        return open_topics(datagen);
    }
    if (datagen->out_dir) {
        return open_files(datagen);
    }
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        datagen->files[kind] = stdout;
    }
    return STATUS_OK;
}

static enum status close_target(struct datagen *datagen)
{
    enum status status = STATUS_OK;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        FILE *file = datagen->files[kind];
        if (file && (file == stdout ? fflush(file) : fclose(file)) != 0) {
            status = diag_fail(&datagen->diag, STATUS_IO, SQL_POS_NONE, "cannot write: %s",
                               strerror(errno));
        }
    }
    return status;
}

/* --- Writing ------------------------------------------------------------------------------ */

static enum status write_files(struct datagen *datagen, size_t count)
{
    size_t start = 0;
    for (size_t i = 0; i < count; i++) {
        FILE *file = datagen->files[datagen->kinds[i]];
        const size_t bytes = datagen->ends[i] - start;
        if (fwrite(datagen->lines.data + start, 1, bytes, file) != bytes ||
            fputc('\n', file) == EOF) {
            return diag_fail(&datagen->diag, STATUS_IO, SQL_POS_NONE, "cannot write: %s",
                             strerror(errno));
        }
        start = datagen->ends[i];
    }
    return STATUS_OK;
}

static enum status produce_kind(struct datagen *datagen, size_t count, enum nexmark_kind kind)
{
    size_t start = 0;
    size_t record_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (datagen->kinds[i] == kind) {
            datagen->records[record_count++] =
                (struct record){.value = {datagen->lines.data + start, datagen->ends[i] - start},
                                .time_ms = datagen->times_ms[i]};
        }
        start = datagen->ends[i];
    }
    return engine_produce(datagen->engine, nexmark_kind_name(kind), 0, datagen->records,
                          record_count, false, &datagen->diag);
}

static enum status write_events(struct datagen *datagen, struct nexmark *nexmark, size_t count)
{
    buffer_reset(&datagen->lines);
    for (size_t i = 0; i < count; i++) {
        datagen->kinds[i] = nexmark_next(nexmark, &datagen->lines, &datagen->times_ms[i]);
        datagen->ends[i] = datagen->lines.bytes;
    }
    TRY(buffer_status(&datagen->lines, &datagen->diag));
    if (!datagen->engine) {
        return write_files(datagen, count);
    }
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        TRY(produce_kind(datagen, count, (enum nexmark_kind)kind));
    }
    return STATUS_OK;
}

static enum status generate(struct datagen *datagen)
{
    struct nexmark nexmark;
    nexmark_init(&nexmark, (uint64_t)datagen->seed, datagen->profile);
    datagen->records = memory_alloc(EVENTS_PER_CALL * sizeof(*datagen->records));
    datagen->ends = memory_alloc(EVENTS_PER_CALL * sizeof(*datagen->ends));
    datagen->kinds = memory_alloc(EVENTS_PER_CALL * sizeof(*datagen->kinds));
    datagen->times_ms = memory_alloc(EVENTS_PER_CALL * sizeof(*datagen->times_ms));
    if (!datagen->records || !datagen->ends || !datagen->kinds || !datagen->times_ms) {
        return diag_no_memory(&datagen->diag);
    }
    TRY(open_target(datagen));
    for (int64_t left = datagen->event_count; left > 0; left -= EVENTS_PER_CALL) {
        const size_t count = left < EVENTS_PER_CALL ? (size_t)left : EVENTS_PER_CALL;
        TRY(write_events(datagen, &nexmark, count));
    }
    return datagen->engine ? engine_flush(datagen->engine, &datagen->diag) : STATUS_OK;
}

static enum status feed(struct datagen *datagen)
{
    const struct datagen_feed_options feed_options = {.url = datagen->server,
                                                      .set = datagen->set,
                                                      .row_count = datagen->event_count,
                                                      .rate = datagen->rate,
                                                      .seed = (uint64_t)datagen->seed};
    return datagen_feed(&feed_options, &datagen->diag);
}

int datagen_command(int argc, char **argv)
{
    struct datagen *datagen = memory_zalloc(sizeof(*datagen)); /* a diag is large for a stack */
    if (!datagen) {
        return 1;
    }
    datagen->seed = 1;
    buffer_init(&datagen->lines);
    int first = 0;
    int code = options_parse(&options, argc, argv, datagen, &first);
    if (code == OPTIONS_GO_ON) {
        code = take_subject(datagen, first + 1 == argc ? argv[first] : NULL);
    }
    if (code == OPTIONS_GO_ON) {
        enum status status = datagen->set ? feed(datagen) : generate(datagen);
        const enum status closed = close_target(datagen);
        status = status == STATUS_OK ? closed : status;
        if (status != STATUS_OK) {
            (void)fprintf(stderr, "leat datagen: %s\n", datagen->diag.message);
        }
        code = status == STATUS_OK ? 0 : 1;
        engine_close(datagen->engine);
    }
    buffer_release(&datagen->lines);
    memory_free(datagen->records);
    memory_free(datagen->ends);
    memory_free(datagen->kinds);
    memory_free(datagen->times_ms);
    memory_free(datagen);
    return code;
}
