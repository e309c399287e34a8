/* topic_list.c
 *
 * Topics in an array by name. A creation or deletion shows at once, because the statement that
 * made it goes on working with it; the commit that carries it takes it back when it comes to
 * nothing. Between a topic's creation and the submission of its commit nobody else's commit may
 * append to it: that one could be submitted first and leave records of a topic that never was.
 *
 * What is refused, and how it is put, follows Kafka (org.apache.kafka.common.internals.Topic).
 */
#include <assert.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "topics/topics_parts.h"

enum { TOPIC_CAPACITY_FIRST = 16 };

/* The place of name in the list, or where it belongs. */
static size_t place_of(const struct topics *topics, struct text name, bool *out_found)
{
    size_t low = 0;
    size_t high = topics->topic_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = text_compare(topics->list[middle]->name, name);
        if (order == 0) {
            *out_found = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *out_found = false;
    return low;
}

bool topics_list_insert(struct topics *topics, struct topic *topic)
{
    bool found = false;
    const size_t place = place_of(topics, topic->name, &found);
    if (found) {
        return false;
    }
    if (topics->topic_count == topics->topic_capacity) {
        const size_t capacity =
            topics->topic_capacity ? topics->topic_capacity * 2 : TOPIC_CAPACITY_FIRST;
        struct topic **grown = memory_resize(topics->list, capacity * sizeof(struct topic *));
        if (!grown) {
            return false;
        }
        topics->list = grown;
        topics->topic_capacity = capacity;
    }
    memmove(&topics->list[place + 1], &topics->list[place],
            (topics->topic_count - place) * sizeof(struct topic *));
    topics->list[place] = topic;
    topics->topic_count++;
    return true;
}

bool topics_list_remove(struct topics *topics, struct topic *topic)
{
    bool found = false;
    const size_t place = place_of(topics, topic->name, &found);
    if (!found || topics->list[place] != topic) {
        return false;
    }
    topics->topic_count--;
    memmove(&topics->list[place], &topics->list[place + 1],
            (topics->topic_count - place) * sizeof(struct topic *));
    return true;
}

struct topic *topics_find(struct topics *topics, struct text name)
{
    bool found = false;
    pthread_mutex_lock(&topics->lock);
    const size_t place = place_of(topics, name, &found);
    struct topic *topic = found ? topic_ref(topics->list[place]) : NULL;
    pthread_mutex_unlock(&topics->lock);
    return topic;
}

enum status topics_list(struct topics *topics, struct topic ***out, size_t *out_count,
                        struct diag *diag)
{
    pthread_mutex_lock(&topics->lock);
    const size_t count = topics->topic_count;
    struct topic **copy = memory_alloc((count + 1) * sizeof(struct topic *));
    for (size_t i = 0; copy && i < count; i++) {
        copy[i] = topic_ref(topics->list[i]);
    }
    pthread_mutex_unlock(&topics->lock);
    if (!copy) {
        return diag_no_memory(diag);
    }
    copy[count] = NULL;
    *out = copy;
    *out_count = count;
    return STATUS_OK;
}

void topics_free_list(struct topic **list)
{
    for (size_t i = 0; list && list[i]; i++) {
        topic_unref(list[i]);
    }
    memory_free(list);
}

bool topic_is_deleted(const struct topic *topic)
{
    pthread_mutex_lock(&topic->topics->lock);
    const bool is_deleted = topic->is_deleted;
    pthread_mutex_unlock(&topic->topics->lock);
    return is_deleted;
}

/* --- creating -------------------------------------------------------------------------------- */

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-';
}

static enum status check_name(struct text name, struct diag *diag)
{
    bool is_legal = name.bytes > 0 && name.bytes <= TOPIC_NAME_BYTES_MAX &&
                    !text_equal(name, TEXT(".")) && !text_equal(name, TEXT(".."));
    for (size_t i = 0; i < name.bytes && is_legal; i++) {
        is_legal = is_name_byte(name.data[i]);
    }
    if (!is_legal) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Topic name \"%.*s\" is illegal: it must have 1 to %d of the ASCII "
                         "letters, digits, '.', '_' and '-', and not be \".\" or \"..\"",
                         (int)(name.bytes < 300 ? name.bytes : 300), name.data ? name.data : "",
                         TOPIC_NAME_BYTES_MAX);
    }
    return STATUS_OK;
}

static enum status check_policy(struct text policy, struct diag *diag)
{
    static const struct text policies[] = {
        {"delete", 6}, {"compact", 7}, {"compact,delete", 14}, {"delete,compact", 14}};
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        if (text_equal(policy, policies[i])) {
            return STATUS_OK;
        }
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "cleanup.policy \"%.*s\" is not one of delete, compact and compact,delete",
                     (int)(policy.bytes < 100 ? policy.bytes : 100), policy.data);
}

static enum status check_row(const struct topic_row *row, struct diag *diag)
{
    TRY(check_name(row->name, diag));
    if (row->partition_count == 0 || row->partition_count > PARTITION_COUNT_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "topic \"%.*s\" must have 1 to %d partitions, not %u",
                         TEXT_ARGS(row->name), PARTITION_COUNT_MAX, row->partition_count);
    }
    return check_policy(row->cleanup_policy, diag);
}

static void forget_creating(struct topics *topics, struct topic *topic)
{
    for (struct topic **link = &topics->creating; *link; link = &(*link)->creating_next) {
        if (*link == topic) {
            *link = topic->creating_next;
            topic->creator = NULL;
            return;
        }
    }
}

void topics_confirm_created(struct topics *topics, const struct commit *commit)
{
    for (struct topic **link = &topics->creating; *link;) {
        struct topic *topic = *link;
        if (topic->creator == commit) {
            *link = topic->creating_next;
            topic->creator = NULL;
        } else {
            link = &topic->creating_next;
        }
    }
}

static void withdraw(struct topic *topic)
{
    struct topics *topics = topic->topics;
    pthread_mutex_lock(&topics->lock);
    forget_creating(topics, topic);
    const bool was_listed = topics_list_remove(topics, topic);
    topic->is_deleted = true;
    topics_changed(topics);
    pthread_mutex_unlock(&topics->lock);
    if (was_listed) {
        topic_unref(topic);
    }
}

static void finish_create(void *context, enum status status)
{
    struct topic *topic = context;
    if (status != STATUS_OK) {
        withdraw(topic);
    }
    topic_unref(topic);
}

/* Shows the topic; on success the list has a reference of its own. */
static enum status announce(struct topics *topics, struct topic *topic, const struct commit *commit,
                            struct diag *diag)
{
    bool found = false;
    pthread_mutex_lock(&topics->lock);
    (void)place_of(topics, topic->name, &found);
    const bool is_listed = !found && topics_list_insert(topics, topic);
    if (is_listed) {
        (void)topic_ref(topic);
        topic->id = topics->next_topic_id++;
        topic->creator = commit;
        topic->creating_next = topics->creating;
        topics->creating = topic;
    }
    pthread_mutex_unlock(&topics->lock);
    if (found) {
        return diag_fail(diag, STATUS_CONFLICT, SQL_POS_NONE, "Topic '%.*s' already exists.",
                         TEXT_ARGS(topic->name));
    }
    return is_listed ? STATUS_OK : diag_no_memory(diag);
}

static enum status add_creation(struct commit *commit, struct topic *topic, struct topic_row *row,
                                struct diag *diag)
{
    row->id = topic->id;
    TRY(commit_on_finish(commit, finish_create, topic, diag));
    (void)topic_ref(topic); /* finish_create's */
    return commit_put_topic(commit, row, diag);
}

enum status topics_create(struct topics *topics, struct commit *commit, struct text name,
                          uint32_t partition_count, const struct topic_config *config,
                          struct topic **out, struct diag *diag)
{
    const bool has_policy = config->cleanup_policy.bytes > 0;
    struct topic_row row = {.name = name,
                            .partition_count = partition_count,
                            .retention_ms = config->retention_ms,
                            .retention_bytes = config->retention_bytes,
                            .cleanup_policy = has_policy ? config->cleanup_policy : TEXT("delete")};
    struct topic *topic = NULL;
    TRY(check_row(&row, diag));
    TRY(topic_create(topics, &row, &topic, diag));
    enum status status = announce(topics, topic, commit, diag);
    if (status == STATUS_OK) {
        status = add_creation(commit, topic, &row, diag);
        if (status != STATUS_OK) {
            withdraw(topic);
        }
    }
    if (status != STATUS_OK || !out) {
        topic_unref(topic);
        return status;
    }
    *out = topic;
    return STATUS_OK;
}

/* --- deleting -------------------------------------------------------------------------------- */

/* Puts a deleted topic back when its deletion came to nothing, unless the name is taken. */
static void bring_back(struct topic *topic)
{
    struct topics *topics = topic->topics;
    pthread_mutex_lock(&topics->lock);
    if (topics_list_insert(topics, topic)) {
        (void)topic_ref(topic);
        topic->is_deleted = false;
    }
    topics_changed(topics);
    pthread_mutex_unlock(&topics->lock);
}

static void finish_delete(void *context, enum status status)
{
    struct topic *topic = context;
    struct topics *topics = topic->topics;
    struct segment_box *dropped = NULL;
    if (status != STATUS_OK) {
        bring_back(topic);
    } else {
        pthread_mutex_lock(&topics->lock);
        hot_drop_topic(topics, topic, &dropped);
        topics_changed(topics);
        pthread_mutex_unlock(&topics->lock);
    }
    hot_unref_all(dropped);
    topic_unref(topic);
}

enum status topics_delete(struct topics *topics, struct commit *commit, struct topic *topic,
                          struct diag *diag)
{
    pthread_mutex_lock(&topics->lock);
    const bool was_listed = topics_list_remove(topics, topic);
    topic->is_deleted = true;
    pthread_mutex_unlock(&topics->lock);
    if (!was_listed) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE, "topic \"%.*s\" is deleted already",
                         TEXT_ARGS(topic->name));
    }
    /* The list's reference becomes finish_delete's. */
    enum status status = commit_on_finish(commit, finish_delete, topic, diag);
    if (status != STATUS_OK) {
        bring_back(topic);
        topic_unref(topic);
        return status;
    }
    return commit_delete_topic(commit, topic->id, RETENTION_BATCH_COUNT_MAX, diag);
}
