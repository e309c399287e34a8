/* database.c
 *
 * Opening goes from what changes nothing to what changes most: find the directory, take the lock,
 * look at the file's kind, read its identification, and only then set pragmas, make tables
 * and write the mark of this opening. Every refusal happens before the first write, so that a
 * file which is not ours stays as it was, byte for byte.
 *
 * The mark is a random number in the setting table. The committer compares it in each
 * transaction: should somebody delete the lock file and start a second process, the first one stops
 * at its next commit instead of interleaving with the second.
 *
 * A temporary database is an ordinary one in a directory of its own, without syncing, removed at
 * close. SQLite's :memory: was rejected for it: a connection there cannot be shared with readers
 * in other threads without locking them out while the writer works.
 */
#include "state/database.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/memory.h"
#include "state/connection.h"
#include "state/data_dir.h"
#include "state/database_parts.h"
#include "state/schema.h"

static enum status make_instance(char out[DATABASE_INSTANCE_BYTES], struct diag *diag)
{
    unsigned char random[(DATABASE_INSTANCE_BYTES - 1) / 2];
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "no random numbers from the system");
    }
    for (size_t i = 0; i < sizeof(random); i++) {
        snprintf(out + 2 * i, 3, "%02x", random[i]);
    }
    return STATUS_OK;
}

/* Writes one setting outside of the committer: at open and at close, when there is none. */
static enum status put_setting(sqlite3 *writer, const char *key, const char *value,
                               struct diag *diag)
{
    char sql[128];
    sqlite3_snprintf(sizeof(sql), sql, "INSERT OR REPLACE INTO setting VALUES(%Q, %Q)", key, value);
    return connection_execute(writer, sql, diag);
}

static enum status write_opening(struct database *database, bool is_new, struct diag *diag)
{
    if (is_new) {
        TRY(schema_create(database->writer, diag));
    } else {
        int64_t is_clean = 0;
        TRY(connection_query_integer(
            database->writer,
            "SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'closed_cleanly'", &is_clean,
            diag));
        database->was_closed_cleanly = is_clean != 0;
    }
    TRY(put_setting(database->writer, "closed_cleanly", "0", diag));
    return put_setting(database->writer, "instance", database->instance, diag);
}

static enum status open_writer(struct database *database, struct diag *diag)
{
    bool is_new = false;
    TRY(connection_open(database->path, CONNECTION_WRITER, &database->writer, diag));
    TRY(schema_check(database->writer, &is_new, diag));
    if (is_new) { /* the page size is fixed with the first page written in WAL mode */
        char sql[64];
        sqlite3_snprintf(sizeof(sql), sql, "PRAGMA page_size=%d", SCHEMA_PAGE_BYTES);
        TRY(connection_execute(database->writer, sql, diag));
    }
    TRY(connection_configure(database->writer, CONNECTION_WRITER, database->synchronous, diag));
    TRY(make_instance(database->instance, diag));
    connection_checkpoint_on_close(database->writer, !database->is_temporary);

    TRY(connection_execute(database->writer, "BEGIN IMMEDIATE", diag));
    enum status status = write_opening(database, is_new, diag);
    if (status == STATUS_OK) {
        status = connection_execute(database->writer, "COMMIT", diag);
    }
    if (status != STATUS_OK && !sqlite3_get_autocommit(database->writer)) {
        sqlite3_exec(database->writer, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

static enum status open_steps(struct database *database, const struct database_options *options,
                              struct diag *diag)
{
    if (options->dir) {
        TRY(data_dir_prepare(options->dir, options->network_fs_is_permitted, database->dir,
                             sizeof(database->dir), diag));
    } else {
        TRY(data_dir_prepare_temporary(database->dir, sizeof(database->dir), diag));
        database->is_temporary = true;
    }
    snprintf(database->path, sizeof(database->path), "%s/leat.db", database->dir);
    TRY(data_dir_lock(database->dir, &database->lock_fd, diag));
    TRY(data_dir_check_file(database->path, diag));
    return open_writer(database, diag);
}

enum status database_open(const struct database_options *options, struct database **out,
                          struct diag *diag)
{
    struct database *database = memory_zalloc(sizeof(*database));
    if (!database) {
        return diag_no_memory(diag);
    }
    database->lock_fd = -1;
    database->was_closed_cleanly = true;
    database->synchronous =
        options->durability == DURABILITY_POWER_LOSS ? SYNCHRONOUS_FULL : SYNCHRONOUS_NORMAL;
    if (!options->dir) {
        database->synchronous = SYNCHRONOUS_OFF;
    }
    pthread_mutex_init(&database->pool_lock, NULL);

    const enum status status = open_steps(database, options, diag);
    if (status != STATUS_OK) {
        connection_close(database->writer); /* without a mark: nothing was changed */
        database->writer = NULL;
        database_close(database);
        return status;
    }
    *out = database;
    return STATUS_OK;
}

void database_close(struct database *database)
{
    if (!database) {
        return;
    }
    database_close_readers(database);
    if (database->writer) {
        /* Should this fail, the next opening merely believes in a crash. */
        (void)!put_setting(database->writer, "closed_cleanly", "1", NULL);
        connection_close(database->writer); /* last, so that the checkpoint is the writer's */
    }
    if (database->is_temporary) {
        data_dir_remove_temporary(database->dir);
    }
    if (database->lock_fd >= 0) {
        close(database->lock_fd);
    }
    pthread_mutex_destroy(&database->pool_lock);
    memory_free(database);
}

const char *database_path(const struct database *database)
{
    return database->path;
}

bool database_was_closed_cleanly(const struct database *database)
{
    return database->was_closed_cleanly;
}

enum status database_check_instance(struct database *database, struct text found, struct diag *diag)
{
    if (!text_equal(found, text_of(database->instance))) {
        return diag_fail(diag, STATUS_CONFLICT, SQL_POS_NONE,
                         "the data file \"%s\" was opened by another process meanwhile",
                         database->path);
    }
    return STATUS_OK;
}
