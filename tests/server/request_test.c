/* request_test.c: targets and headers, at their limits and past them. */
#include "base/memory.h"
#include "server/http1_guard.h"
#include "server/limits.h"
#include "server/request.h"
#include "tests/test.h"

static enum status set_target(struct request *request, const char *target)
{
    struct diag diag;
    request_init(request);
    return request_set_target(request, TEXT("GET"), text_of(target), &diag);
}

static void good_targets_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        const char *path;
        const char *query; /* NULL: none */
    } cases[] = {
        {"/", "/", NULL},
        {"/info", "/info", NULL},
        {"/info?", "/info", ""},
        {"/info?a=b?c", "/info", "a=b?c"},
        {"/a%20b", "/a b", NULL},
        {"/%60S%60", "/`S`", NULL},
        {"/%C3%A9", "/\xC3\xA9", NULL},
        {"/a+b", "/a+b", NULL},
        {"/...", "/...", NULL},
        {"/.a/b.", "/.a/b.", NULL},
        {"/?../x", "/", "../x"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request request;
        assert_int_equal(set_target(&request, cases[i].target), STATUS_OK);
        assert_string_equal(request.path.data, cases[i].path);
        if (cases[i].query) {
            assert_string_equal(request.query.data, cases[i].query);
        } else {
            assert_null(request.query.data);
        }
        request_release(&request);
    }
}

static void bad_targets_are_refused(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "",           "info", "*",       "http://x/info", "//",        "/a//b",     "/a/",
        "/.",         "/..",  "/a/../b", "/a/./b",        "/%2e%2e/a", "/a%2f%2fb", "/%",
        "/%1",        "/%zz", "/%00",    "/%0a",          "/%7f",      "/%ff",      "/%c3",
        "/%ed%a0%80", "/a b", "/a\tb",   "/a\x7f",        "/a?b c",
    };
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        struct request request;
        if (set_target(&request, targets[i]) != STATUS_INVALID) {
            fail_msg("'%s' was taken", targets[i]);
        }
        request_release(&request);
    }
}

static void a_target_at_the_limit_is_taken_and_one_past_it_is_not(void **state)
{
    (void)state;
    char *target = memory_alloc(REQUEST_TARGET_BYTES_MAX + 2);
    memset(target, 'a', REQUEST_TARGET_BYTES_MAX + 1);
    target[0] = '/';
    target[REQUEST_TARGET_BYTES_MAX + 1] = '\0';
    struct request request;
    assert_int_equal(set_target(&request, target), STATUS_LIMIT);
    request_release(&request);
    target[REQUEST_TARGET_BYTES_MAX] = '\0';
    assert_int_equal(set_target(&request, target), STATUS_OK);
    request_release(&request);
    memory_free(target);
}

static void headers_are_bounded_in_number(void **state)
{
    (void)state;
    struct request request;
    struct diag diag;
    request_init(&request);
    for (int i = 0; i < REQUEST_HEADER_COUNT_MAX; i++) {
        assert_ok(request_add_header(&request, TEXT("X-Name"), TEXT("v"), &diag), &diag);
    }
    assert_int_equal(request_add_header(&request, TEXT("a"), TEXT("v"), &diag), STATUS_LIMIT);
    assert_int_equal(request_count_headers(&request, "x-name"), REQUEST_HEADER_COUNT_MAX);
    request_release(&request);
}

static void headers_are_bounded_in_bytes(void **state)
{
    (void)state;
    struct request request;
    struct diag diag;
    char *value = memory_zalloc(REQUEST_HEADER_BYTES_MAX);
    request_init(&request);
    memset(value, 'v', REQUEST_HEADER_BYTES_MAX);
    assert_ok(request_add_header(&request, TEXT("a"),
                                 (struct text){value, REQUEST_HEADER_BYTES_MAX - 1}, &diag),
              &diag);
    assert_int_equal(request_add_header(&request, TEXT("b"), TEXT(""), &diag), STATUS_LIMIT);
    memory_free(value);
    request_release(&request);
}

static void parameters_of_the_query_string(void **state)
{
    (void)state;
    struct request request;
    struct diag diag;
    struct text value;
    assert_int_equal(set_target(&request, "/ws?request2=x&request=a%20b+c%0A&z=%"), STATUS_OK);
    assert_ok(request_query_parameter(&request, "request", &value, &diag), &diag);
    assert_string_equal(value.data, "a b c\n");
    assert_int_equal(request_query_parameter(&request, "z", &value, &diag), STATUS_INVALID);
    assert_int_equal(request_query_parameter(&request, "reques", &value, &diag), STATUS_MISSING);
    assert_string_equal(diag.message, "missing reques parameter");
    request_release(&request);
}

/* Each allocation fails in turn; none may crash, leak or be taken for success. */
static void out_of_memory_is_a_status(void **state)
{
    (void)state;
    enum status status = STATUS_NO_MEMORY;
    for (uint64_t count = 1; status == STATUS_NO_MEMORY; count++) {
        struct request request;
        struct diag diag;
        request_init(&request);
        memory_fail_after(count);
        status = request_set_target(&request, TEXT("GET"), TEXT("/a%20b?c"), &diag);
        if (status == STATUS_OK) {
            status = request_add_header(&request, TEXT("a"), TEXT("b"), &diag);
        }
        memory_fail_after(0);
        request_release(&request);
    }
    assert_int_equal(status, STATUS_OK);
}

/* --- The guard -------------------------------------------------------------------------------- */

/* Headers as "name:value" with '|' between them. */
static bool is_refused(enum protocol protocol, const char *headers)
{
    struct request request;
    struct diag diag;
    struct refusal refusal;
    assert_int_equal(set_target(&request, "/info"), STATUS_OK);
    request.protocol = protocol;
    while (*headers) {
        const size_t bytes = strcspn(headers, "|");
        const size_t name_bytes = strcspn(headers, ":");
        const struct text name = {headers, name_bytes};
        const struct text value = {headers + name_bytes + 1, bytes - name_bytes - 1};
        assert_ok(request_add_header(&request, name, value, &diag), &diag);
        headers += bytes + (headers[bytes] == '|');
    }
    const bool was_refused = http1_guard_refuses(&request, &refusal);
    request_release(&request);
    return was_refused;
}

static void requests_that_others_could_read_differently_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "Host:x|Content-Length:1|Transfer-Encoding:chunked",
        "Host:x|content-length:1|CONTENT-LENGTH:1",
        "Host:x|Content-Length:",
        "Host:x|Content-Length:+1",
        "Host:x|Content-Length:1,1",
        "Host:x|Content-Length:1 1",
        "Host:x|Content-Length:0x1",
        "Host:x|Content-Length:1234567890123456789",
        "Host:x|Transfer-Encoding:gzip",
        "Host:x|Transfer-Encoding:chunked, chunked",
        "Host:x|Transfer-Encoding:chunked|Transfer-Encoding:chunked",
        "Host:x|Bad Name:x",
        "Host:x|Bad\tName:x",
        "Host:x|Name :x",
        "Host:x|:x",
        "Host:x|N(:x",
        "Host:x|host:y",
        "",
    };
    static const char *const taken[] = {
        "Host:x",
        "host:x|Content-Length:0",
        "Host:x|Content-Length:123456789012345678",
        "Host:x|Transfer-Encoding:Chunked",
        "Host:x|X-!#$%&'*+-.^_`~:z",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (!is_refused(PROTOCOL_HTTP_1_1, refused[i])) {
            fail_msg("'%s' was taken", refused[i]);
        }
    }
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (is_refused(PROTOCOL_HTTP_1_1, taken[i])) {
            fail_msg("'%s' was refused", taken[i]);
        }
    }
    assert_true(is_refused(PROTOCOL_HTTP_1_0, "Transfer-Encoding:chunked"));
    assert_false(is_refused(PROTOCOL_HTTP_1_0, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_targets_are_decoded),
        cmocka_unit_test(bad_targets_are_refused),
        cmocka_unit_test(a_target_at_the_limit_is_taken_and_one_past_it_is_not),
        cmocka_unit_test(headers_are_bounded_in_number),
        cmocka_unit_test(headers_are_bounded_in_bytes),
        cmocka_unit_test(parameters_of_the_query_string),
        cmocka_unit_test(out_of_memory_is_a_status),
        cmocka_unit_test(requests_that_others_could_read_differently_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
