/* stream_list.c
 *
 * A ring under one lock: streams come and go at the rate of requests, and are looked up by id only
 * when someone closes one.
 */
#include "server/stream_list.h"

#include <assert.h>

void stream_list_init(struct stream_list *list)
{
    pthread_mutex_init(&list->lock, NULL);
    list->head = (struct stream_entry){.next = &list->head, .previous = &list->head};
    list->count = 0;
}

void stream_list_release(struct stream_list *list)
{
    assert(list->count == 0);
    pthread_mutex_destroy(&list->lock);
}

void stream_list_add(struct stream_list *list, struct stream_entry *entry)
{
    pthread_mutex_lock(&list->lock);
    entry->next = &list->head;
    entry->previous = list->head.previous;
    entry->previous->next = entry;
    list->head.previous = entry;
    list->count++;
    pthread_mutex_unlock(&list->lock);
}

void stream_list_remove(struct stream_list *list, struct stream_entry *entry)
{
    pthread_mutex_lock(&list->lock);
    entry->previous->next = entry->next;
    entry->next->previous = entry->previous;
    list->count--;
    pthread_mutex_unlock(&list->lock);
}

size_t stream_list_count(struct stream_list *list)
{
    pthread_mutex_lock(&list->lock);
    const size_t count = list->count;
    pthread_mutex_unlock(&list->lock);
    return count;
}

bool stream_list_close_query(struct stream_list *list, struct text query_id)
{
    bool was_found = false;
    pthread_mutex_lock(&list->lock);
    for (struct stream_entry *entry = list->head.next; entry != &list->head && !was_found;
         entry = entry->next) {
        if (query_id.bytes > 0 && text_equal(entry->query_id, query_id)) {
            was_found = true;
            entry->close(entry, STREAM_CLOSED_BY_CLIENT);
        }
    }
    pthread_mutex_unlock(&list->lock);
    return was_found;
}

void stream_list_close_all(struct stream_list *list)
{
    pthread_mutex_lock(&list->lock);
    for (struct stream_entry *entry = list->head.next; entry != &list->head; entry = entry->next) {
        entry->close(entry, STREAM_CLOSED_BY_SERVER);
    }
    pthread_mutex_unlock(&list->lock);
}
