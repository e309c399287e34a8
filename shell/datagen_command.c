/* datagen_command.c
 *
 * `leat datagen nexmark`: the three event streams as JSON, to files or to topics of a data
 * directory. The same seed gives the same bytes. `leat datagen SET --server URL`: one of ksqlDB's
 * quickstart sets into a running server (datagen_feed.c).
 */
#include "shell/datagen_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "shell/datagen_feed.h"
#include "shell/file_text.h"
#include "shell/nexmark.h"

enum { KIND_COUNT = 3, EVENTS_PER_CALL = BATCH_ROWS_MAX };

struct datagen {
    int64_t event_count;
    int64_t seed;
    enum nexmark_profile profile;
    const char *data_dir; /* topics; NULL: files */
    const char *out_dir;  /* files; NULL: all events to standard output */
    const char *server;   /* a quickstart set; NULL: nexmark */
    const struct datagen_set *set;
    int64_t rate; /* rows a second, of a quickstart set */
    struct engine *engine;
    FILE *files[KIND_COUNT];
    struct buffer lines;
    struct record *records; /* of one kind: EVENTS_PER_CALL */
    size_t *ends;           /* of each event in lines */
    enum nexmark_kind *kinds;
    int64_t *times_ms;
    struct diag diag;
};

static const char help[] =
    "usage: leat datagen nexmark --events N [OPTIONS]\n"
    "       leat datagen SET --server URL [--events N] [--rate N] [--seed S]\n\n"
    "Writes NEXMark's persons, auctions and bids as JSON, one object per event.\n\n"
    "  --events N           number of events: 2 % persons, 6 % auctions, 92 % bids\n"
    "  --seed S             the same seed gives the same events (default 1)\n"
    "  --profile P          dense (10 M events per second of event time, default) or sparse (10 k)\n"
    "  --data DIR           to the topics person, auction and bid of DIR, created if need be\n"
    "  --out DIR            to the files person.json, auction.json and bid.json in DIR\n"
    "  --help               print this\n\n"
    "SET is clickstream, orders, pageviews, ratings or users, as in ksql-datagen: a stream of that\n"
    "name is created in the server, and rows are inserted, without end unless --events is given.\n\n"
    "  --server URL         the server\n"
    "  --rate N             rows a second (default: as fast as it takes them)\n\n"
    "Without --data or --out all events go to standard output, in order.\n";

enum { OPTION_HELP = 1, OPTION_EVENTS, OPTION_SEED, OPTION_PROFILE, OPTION_DATA, OPTION_OUT,
       OPTION_SERVER, OPTION_RATE };

static const struct option options[] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"events", required_argument, NULL, OPTION_EVENTS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"data", required_argument, NULL, OPTION_DATA},
    {"out", required_argument, NULL, OPTION_OUT},
    {"server", required_argument, NULL, OPTION_SERVER},
    {"rate", required_argument, NULL, OPTION_RATE},
    {NULL, 0, NULL, 0},
};

static int usage_error(const char *message)
{
    (void)fprintf(stderr, "leat datagen: %s\n\n%s", message, help);
    return 2;
}

static enum status take_value(struct datagen *datagen, int option)
{
    if (option == OPTION_EVENTS) {
        return number_option_parse("events", optarg, 1, INT64_MAX, &datagen->event_count,
                                   &datagen->diag);
    }
    if (option == OPTION_SEED) {
        return number_option_parse("seed", optarg, 0, INT64_MAX, &datagen->seed, &datagen->diag);
    }
    if (option == OPTION_RATE) {
        return number_option_parse("rate", optarg, 1, 1000000, &datagen->rate, &datagen->diag);
    }
    return option == OPTION_PROFILE
               ? nexmark_profile_parse(optarg, &datagen->profile, &datagen->diag)
               : diag_fail(&datagen->diag, STATUS_INVALID, SQL_POS_NONE, "unknown option");
}

/* What to generate, and where to. Returns -1 to go on, or the exit code. */
static int take_subject(struct datagen *datagen, const char *name)
{
    datagen->set = name ? datagen_set_find(name) : NULL;
    if (!datagen->set && (!name || strcmp(name, "nexmark") != 0)) {
        return usage_error("what to generate is needed: nexmark, clickstream, orders, pageviews, "
                           "ratings or users");
    }
    if ((datagen->set != NULL) != (datagen->server != NULL)) {
        return usage_error(datagen->set ? "--server is needed"
                                        : "nexmark goes to files and topics, not to a server");
    }
    return datagen->set || datagen->event_count ? -1 : usage_error("--events is needed");
}

/* Returns -1 to go on, or the exit code. */
static int take_options(struct datagen *datagen, int argc, char **argv)
{
    int option = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            (void)fputs(help, stdout);
            return 0;
        }
        if (option == OPTION_SERVER) {
            datagen->server = optarg;
        } else if (option == OPTION_DATA) {
            datagen->data_dir = optarg;
        } else if (option == OPTION_OUT) {
            datagen->out_dir = optarg;
        } else if (take_value(datagen, option) != STATUS_OK) {
            return usage_error(datagen->diag.message);
        }
    }
    return take_subject(datagen, optind + 1 == argc ? argv[optind] : NULL);
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

static enum status feed(struct datagen *datagen)
{
    const struct datagen_feed_options feed_options = {.url = datagen->server,
                                                      .set = datagen->set,
                                                      .row_count = datagen->event_count,
                                                      .rate = datagen->rate,
                                                      .seed = (uint64_t)datagen->seed};
    return datagen_feed(&feed_options, &datagen->diag);
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

int datagen_command(int argc, char **argv)
{
    struct datagen *datagen = memory_zalloc(sizeof(*datagen)); /* a diag is large for a stack */
    if (!datagen) {
        return 1;
    }
    datagen->seed = 1;
    buffer_init(&datagen->lines);
    int code = take_options(datagen, argc, argv);
    if (code < 0) {
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
