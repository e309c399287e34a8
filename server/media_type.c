/* media_type.c
 *
 * Accept is split at commas outside of quotes; each element is a range, parameters, and perhaps
 * a quality. Parameters other than q are ignored, as ksqlDB does, so that
 * "application/json; charset=utf-8" means application/json. An element that is no media range
 * matches nothing. Qualities are thousandths, which is all that the RFC allows.
 */
#include "server/media_type.h"

#include <assert.h>
#include <stdint.h>

static const char *const names[MEDIA_COUNT] = {
    [MEDIA_JSON] = "application/json",
    [MEDIA_V1_JSON] = "application/vnd.ksql.v1+json",
    [MEDIA_V1_PROTOBUF] = "application/vnd.ksql.v1+protobuf",
    [MEDIA_DELIMITED] = "application/vnd.ksqlapi.delimited.v1",
    [MEDIA_TEXT] = "text/plain; charset=utf-8",
    [MEDIA_METRICS] = "text/plain; version=0.0.4; charset=utf-8",
};

const char *media_type_name(enum media_type media)
{
    assert(media < MEDIA_COUNT);
    return names[media];
}

/* One element of Accept. */
struct range {
    struct text name; /* "type/subtype", without blanks */
    int quality;      /* thousandths */
};

static struct text trim(struct text text)
{
    while (text.bytes && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.bytes--;
    }
    while (text.bytes && (text.data[text.bytes - 1] == ' ' || text.data[text.bytes - 1] == '\t')) {
        text.bytes--;
    }
    return text;
}

/* Cuts the part up to separator (not within quotes) off the front of *rest. */
static struct text next_part(struct text *rest, char separator)
{
    size_t at = 0;
    bool is_quoted = false;
    while (at < rest->bytes && (is_quoted || rest->data[at] != separator)) {
        is_quoted ^= rest->data[at] == '"';
        at++;
    }
    const struct text part = {rest->data, at};
    const size_t used = at < rest->bytes ? at + 1 : at;
    *rest = (struct text){rest->data + used, rest->bytes - used};
    return trim(part);
}

/* "0.25" is 250; anything that is no quality is 0, so that a broken wish is not fulfilled. */
static int parse_quality(struct text text)
{
    if (text.bytes == 0 || text.bytes > 5 || (text.data[0] != '0' && text.data[0] != '1')) {
        return 0;
    }
    int quality = (text.data[0] - '0') * 1000;
    int unit = 100;
    for (size_t i = 1; i < text.bytes; i++) {
        const char byte = text.data[i];
        if (i == 1 ? byte != '.' : byte < '0' || byte > '9') {
            return 0;
        }
        if (i > 1) {
            quality += (byte - '0') * unit;
            unit /= 10;
        }
    }
    return quality <= 1000 ? quality : 0;
}

static struct range next_range(struct text *accept)
{
    struct text rest = next_part(accept, ',');
    struct range range = {.name = next_part(&rest, ';'), .quality = 1000};
    while (rest.bytes) {
        const struct text parameter = next_part(&rest, ';');
        if (parameter.bytes > 2 && (parameter.data[0] | 0x20) == 'q' && parameter.data[1] == '=') {
            range.quality = parse_quality((struct text){parameter.data + 2, parameter.bytes - 2});
        }
    }
    return range;
}

/* How closely name matches the media type: 0 not at all, 3 exactly. */
static int closeness(struct text name, enum media_type media)
{
    const struct text full = text_of(names[media]);
    struct text rest = full;
    const struct text bare = next_part(&rest, ';');
    if (text_equal_nocase(name, bare)) {
        return 3;
    }
    if (text_equal(name, TEXT("*/*")) || text_equal(name, TEXT("*"))) {
        return 1;
    }
    const char *slash = memchr(bare.data, '/', bare.bytes);
    const size_t type_bytes = (size_t)(slash - bare.data) + 1;
    const bool is_type_range = name.bytes == type_bytes + 1 && name.data[type_bytes] == '*' &&
                               strncasecmp(name.data, bare.data, type_bytes) == 0;
    return is_type_range ? 2 : 0;
}

/* What the header says about one media type. */
struct wish {
    int quality;
    size_t position; /* of the element that decided */
};

static struct wish wish_for(struct text accept, enum media_type media)
{
    struct wish wish = {0};
    int closest = 0;
    for (size_t position = 0; accept.bytes; position++) {
        const struct range range = next_range(&accept);
        const int close = closeness(range.name, media);
        if (close > closest) {
            closest = close;
            wish = (struct wish){range.quality, position};
        }
    }
    return wish;
}

bool media_type_choose(struct text accept, const enum media_type *offers, size_t offer_count,
                       enum media_type *out)
{
    assert(offer_count > 0);
    if (trim(accept).bytes == 0) {
        *out = offers[0];
        return true;
    }
    struct wish best = {0};
    for (size_t i = 0; i < offer_count; i++) {
        const struct wish wish = wish_for(accept, offers[i]);
        const bool is_better = wish.quality > best.quality ||
                               (wish.quality == best.quality && wish.position < best.position);
        if (wish.quality > 0 && is_better) {
            best = wish;
            *out = offers[i];
        }
    }
    return best.quality > 0;
}
