/* committer.c
 *
 * A list of commits under one mutex, a thread that takes a run off its head, and three
 * conditions: something was queued, room was made, something became durable. The thread never
 * waits for a timer: what is there goes, and what arrives while it works makes the next group.
 *
 * Order of events for a group: transaction, then the finish callbacks of each commit in order,
 * then the durable sequence moves and waiters wake. So whoever sees its ticket done also finds
 * everything that the callbacks publish.
 *
 * Checkpoints run here, between groups: when nothing waits, a small log is copied back at once;
 * under load only a large one, so that bursts are not interrupted. A log that readers keep from
 * starting over is tried again each time it grew by as much, and past WAL_RESTART_BYTES with a
 * short wait for them; readers have deadlines, so it succeeds in the end.
 *
 * Once stopped, the thread lives on to fail what is still queued, so that nobody waits for ever.
 */
#include "state/committer.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "state/ballast.h"
#include "state/commit_parts.h"
#include "state/commit_writer.h"
#include "state/writeback.h"

/* Waits before trying a group again whose failure is certain and may pass. */
static const long retry_waits_ms[] = {10, 100, 1000};

struct committer {
    struct database *database;
    struct commit_writer *writer; /* the thread's */
    struct ballast ballast;       /* the thread's */
    struct writeback writeback;   /* the thread's */
    size_t next_checkpoint_bytes; /* the thread's */
    size_t queue_bytes_max;
    uint32_t queue_count_max;
    pthread_t thread;

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t queued;
    pthread_cond_t room;
    pthread_cond_t done;
    struct commit *first;
    struct commit *last;
    uint64_t submitted_sequence;
    uint64_t durable_sequence;
    bool is_closing;
    enum status failure; /* STATUS_OK while it works */
    struct diag failure_diag;
    struct committer_stats stats;
};

/* --- the thread ------------------------------------------------------------------------------ */

/* Takes the head of the queue, as much as one transaction should hold. The bytes stay charged until
 * the group is done. NULL: closing and nothing left. */
static struct commit *take_group(struct committer *self)
{
    pthread_mutex_lock(&self->lock);
    while (!self->first && !self->is_closing) {
        pthread_cond_wait(&self->queued, &self->lock);
    }
    struct commit *group = self->first;
    if (group) {
        struct commit *end = group;
        size_t bytes = end->queued_bytes;
        while (end->next && bytes + end->next->queued_bytes <= COMMIT_GROUP_BYTES_MAX) {
            end = end->next;
            bytes += end->queued_bytes;
        }
        self->first = end->next;
        self->last = self->first ? self->last : NULL;
        end->next = NULL;
    }
    pthread_mutex_unlock(&self->lock);
    return group;
}

static bool queue_is_empty(struct committer *self)
{
    pthread_mutex_lock(&self->lock);
    const bool is_empty = self->first == NULL;
    pthread_mutex_unlock(&self->lock);
    return is_empty;
}

/* A retriable status would promise that submitting again can help: it cannot, so it becomes I/O. */
static enum status stop(struct committer *self, enum status status, const struct diag *diag)
{
    pthread_mutex_lock(&self->lock);
    if (self->failure == STATUS_OK) {
        self->failure = status_is_retriable(status) ? STATUS_IO : status;
        self->failure_diag = *diag;
        self->failure_diag.status = self->failure;
        diag_prefix(&self->failure_diag, "the committer has stopped: ");
    }
    const enum status failure = self->failure;
    pthread_cond_broadcast(&self->room);
    pthread_cond_broadcast(&self->done);
    pthread_mutex_unlock(&self->lock);
    return failure;
}

static void sleep_ms(long wait_ms)
{
    const struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
    (void)nanosleep(&wait, NULL);
}

/* Applies the group, again where it failed for want of memory or disk and nothing is in the file.
 */
static enum status apply_group(struct committer *self, struct commit *group, struct diag *diag)
{
    const size_t retry_count_max = sizeof(retry_waits_ms) / sizeof(retry_waits_ms[0]);
    for (size_t retry_count = 0;; retry_count++) {
        bool is_certain = false;
        const enum status status = commit_writer_apply(self->writer, group, &is_certain, diag);
        const bool may_pass = status == STATUS_NO_MEMORY || status == STATUS_LIMIT;
        if (status == STATUS_OK || !may_pass || !is_certain || retry_count == retry_count_max) {
            return status;
        }
        if (status != STATUS_LIMIT || !ballast_drop(&self->ballast)) {
            sleep_ms(retry_waits_ms[retry_count]);
        }
    }
}

/* Ends the commits of a group and makes their outcome known. */
static void finish_group(struct committer *self, struct commit *group, enum status status,
                         bool is_space_low)
{
    uint64_t count = 0;
    size_t bytes = 0;
    uint64_t sequence = 0;
    for (struct commit *next; group; group = next) {
        next = group->next;
        count++;
        bytes += group->queued_bytes;
        sequence = group->sequence;
        commit_finish(group, status);
    }
    pthread_mutex_lock(&self->lock);
    self->stats.queue_bytes -= bytes;
    self->stats.queue_count -= (uint32_t)count;
    self->stats.is_space_low = is_space_low;
    if (status == STATUS_OK) {
        self->durable_sequence = sequence;
        self->stats.commit_count += count;
        self->stats.group_count++;
        self->stats.wal_bytes = commit_writer_wal_bytes(self->writer);
    }
    pthread_cond_broadcast(&self->room);
    pthread_cond_broadcast(&self->done);
    pthread_mutex_unlock(&self->lock);
}

static void checkpoint_if_due(struct committer *self)
{
    const size_t wal_bytes = commit_writer_wal_bytes(self->writer);
    const size_t step = queue_is_empty(self) ? WAL_IDLE_BYTES : WAL_BUSY_BYTES;
    if (wal_bytes < step || wal_bytes < self->next_checkpoint_bytes) {
        return;
    }
    struct diag diag;
    bool is_complete = false;
    const enum status status =
        commit_writer_checkpoint(self->writer, wal_bytes >= WAL_RESTART_BYTES, &is_complete, &diag);
    if (status != STATUS_OK) {
        (void)stop(self, status, &diag);
        return;
    }
    self->next_checkpoint_bytes = is_complete ? 0 : wal_bytes + WAL_BUSY_BYTES;
    pthread_mutex_lock(&self->lock);
    self->stats.checkpoint_count++;
    pthread_mutex_unlock(&self->lock);
}

static void *run_thread(void *context)
{
    struct committer *self = context;
    for (;;) {
        struct commit *group = take_group(self);
        if (!group) {
            return NULL;
        }
        struct diag diag;
        enum status status = committer_status(self, &diag);
        const bool is_running = status == STATUS_OK;
        if (is_running) {
            status = apply_group(self, group, &diag);
        }
        if (is_running && status != STATUS_OK) {
            status = stop(self, status, &diag);
        }
        finish_group(self, group, status, ballast_check(&self->ballast));
        if (status == STATUS_OK) {
            writeback_note(&self->writeback, commit_writer_wal_bytes(self->writer));
            checkpoint_if_due(self);
        }
    }
}

/* --- life ------------------------------------------------------------------------------------ */

static void init_conditions(struct committer *self)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->queued, NULL);
    pthread_cond_init(&self->room, NULL);
    pthread_cond_init(&self->done, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void release(struct committer *self)
{
    commit_writer_destroy(self->writer);
    ballast_release(&self->ballast);
    writeback_release(&self->writeback);
    pthread_cond_destroy(&self->queued);
    pthread_cond_destroy(&self->room);
    pthread_cond_destroy(&self->done);
    pthread_mutex_destroy(&self->lock);
    memory_free(self);
}

enum status committer_open(struct database *database, const struct committer_options *options,
                           struct committer **out, struct diag *diag)
{
    struct committer *self = memory_zalloc(sizeof(*self));
    if (!self) {
        return diag_no_memory(diag);
    }
    self->database = database;
    self->queue_bytes_max =
        options->queue_bytes_max ? options->queue_bytes_max : COMMIT_QUEUE_BYTES_MAX;
    self->queue_count_max =
        options->queue_count_max ? options->queue_count_max : COMMIT_QUEUE_COUNT_MAX;
    init_conditions(self);
    writeback_init(&self->writeback, database);
    enum status status = commit_writer_create(database, &self->writer, diag);
    if (status == STATUS_OK) {
        ballast_init(&self->ballast, database, options->ballast_bytes);
        self->stats.is_space_low = ballast_check(&self->ballast);
        if (pthread_create(&self->thread, NULL, run_thread, self) != 0) {
            status = diag_fail(diag, STATUS_IO, SQL_POS_NONE, "no thread for the committer");
        }
    }
    if (status != STATUS_OK) {
        release(self);
        return status;
    }
    *out = self;
    return STATUS_OK;
}

void committer_close(struct committer *self)
{
    if (!self) {
        return;
    }
    pthread_mutex_lock(&self->lock);
    self->is_closing = true;
    pthread_cond_broadcast(&self->queued);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    assert(!self->first && self->stats.queue_count == 0);
    release(self);
}

/* --- any thread ------------------------------------------------------------------------------ */

/* With the lock held. */
static enum status failure_of(const struct committer *self, struct diag *diag)
{
    if (self->failure != STATUS_OK && diag) {
        *diag = self->failure_diag;
    }
    return self->failure;
}

static bool has_room(const struct committer *self, size_t bytes)
{
    const bool is_empty = self->stats.queue_count == 0; /* one unit of any size always fits */
    return is_empty || (self->stats.queue_bytes + bytes <= self->queue_bytes_max &&
                        self->stats.queue_count < self->queue_count_max);
}

static void enqueue(struct committer *self, struct commit *commit)
{
    commit->next = NULL;
    commit->sequence = ++self->submitted_sequence;
    if (self->last) {
        self->last->next = commit;
    } else {
        self->first = commit;
    }
    self->last = commit;
    self->stats.queue_bytes += commit->queued_bytes;
    self->stats.queue_count++;
    pthread_cond_signal(&self->queued);
}

enum status committer_submit(struct committer *self, struct commit *commit, uint64_t *out_sequence,
                             struct diag *diag)
{
    commit->queued_bytes = commit_bytes(commit);
    pthread_mutex_lock(&self->lock);
    assert(!self->is_closing);
    while (self->failure == STATUS_OK && !has_room(self, commit->queued_bytes)) {
        pthread_cond_wait(&self->room, &self->lock);
    }
    const enum status status = failure_of(self, diag);
    if (status == STATUS_OK) {
        enqueue(self, commit);
        if (out_sequence) {
            *out_sequence = self->submitted_sequence;
        }
    }
    pthread_mutex_unlock(&self->lock);
    if (status != STATUS_OK) {
        commit_finish(commit, status);
    }
    return status;
}

static struct timespec deadline_after(int64_t timeout_ms)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    now.tv_sec += (time_t)(timeout_ms / 1000);
    now.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (now.tv_nsec >= 1000000000) {
        now.tv_sec++;
        now.tv_nsec -= 1000000000;
    }
    return now;
}

enum status committer_wait(struct committer *self, uint64_t sequence, int64_t timeout_ms,
                           struct diag *diag)
{
    const struct timespec deadline = deadline_after(timeout_ms < 0 ? 0 : timeout_ms);
    int code = 0;
    pthread_mutex_lock(&self->lock);
    assert(sequence <= self->submitted_sequence);
    while (self->durable_sequence < sequence && self->failure == STATUS_OK && code != ETIMEDOUT) {
        code = timeout_ms < 0 ? pthread_cond_wait(&self->done, &self->lock)
                              : pthread_cond_timedwait(&self->done, &self->lock, &deadline);
    }
    const bool is_durable = self->durable_sequence >= sequence;
    enum status status = is_durable ? STATUS_OK : failure_of(self, diag);
    pthread_mutex_unlock(&self->lock);
    if (!is_durable && status == STATUS_OK) {
        status = diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "not durable after %lld ms",
                           (long long)timeout_ms);
    }
    return status;
}

enum status committer_flush(struct committer *self, struct diag *diag)
{
    pthread_mutex_lock(&self->lock);
    const uint64_t sequence = self->submitted_sequence;
    pthread_mutex_unlock(&self->lock);
    return committer_wait(self, sequence, -1, diag);
}

enum status committer_status(struct committer *self, struct diag *diag)
{
    pthread_mutex_lock(&self->lock);
    const enum status status = failure_of(self, diag);
    pthread_mutex_unlock(&self->lock);
    return status;
}

enum status committer_check_space(struct committer *self, struct diag *diag)
{
    pthread_mutex_lock(&self->lock);
    if (self->stats.is_space_low) { /* look again: with intake refused no group may come to do it */
        self->stats.is_space_low = ballast_space_is_low(&self->ballast);
    }
    const bool is_space_low = self->stats.is_space_low;
    pthread_mutex_unlock(&self->lock);
    if (is_space_low) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "the disk is almost full; nothing more is accepted until there is space");
    }
    return STATUS_OK;
}

void committer_read_stats(struct committer *self, struct committer_stats *out)
{
    pthread_mutex_lock(&self->lock);
    *out = self->stats;
    pthread_mutex_unlock(&self->lock);
}
