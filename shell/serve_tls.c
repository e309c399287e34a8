/* serve_tls.c
 *
 * Names and meanings are Kafka's (KIP-651 for PEM) and ksqlDB's. The type of a key store is looked
 * at only to refuse what cannot be read: PEM and PKCS#12 tell themselves apart, and what Java calls
 * JKS is PKCS#12 more often than not.
 */
#include "shell/serve_tls.h"

#include <string.h>

static const char *find(const struct property_file *properties, const char *name)
{
    return property_file_find(properties, name);
}

static bool is_one_of(const char *value, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(value, *names) == 0) {
            return true;
        }
    }
    return false;
}

static enum status check_type(const struct property_file *properties, const char *name,
                              const char *const *types, const char *said, struct diag *diag)
{
    const char *type = find(properties, name);
    return !type || is_one_of(type, types)
               ? STATUS_OK
               : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                           "%s is '%s', but only %s can be read", name, type, said);
}

static enum status read_key_store(const struct property_file *properties, struct tls_options *out,
                                  struct diag *diag)
{
    static const char *const types[] = {"PEM", "PKCS12", "JKS", NULL};
    const char *store_password = find(properties, "ssl.keystore.password");
    TRY(check_type(properties, "ssl.keystore.type", types, "PEM and PKCS12", diag));
    out->password = store_password ? store_password : find(properties, "ssl.key.password");
    if (out->store_file) {
        return STATUS_OK;
    }
    out->store_file = find(properties, "ssl.keystore.location");
    out->certificates = find(properties, "ssl.keystore.certificate.chain");
    out->key = find(properties, "ssl.keystore.key");
    return out->store_file || (out->certificates && out->key)
               ? STATUS_OK
               : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                           "https needs a certificate and a key: ssl.keystore.location (PEM or "
                           "PKCS12), ssl.keystore.certificate.chain with ssl.keystore.key, or "
                           "--tls-certificate");
}

/* ssl.client.auth is the older name, with true and false. */
static enum status read_client_check(const struct property_file *properties,
                                     struct tls_options *out, struct diag *diag)
{
    static const char *const names[] = {"NONE", "REQUESTED", "REQUIRED"};
    const char *check = find(properties, "ssl.client.authentication");
    const char *old = find(properties, "ssl.client.auth");
    if (!check) {
        check = old && strcmp(old, "true") == 0 ? "REQUIRED" : "NONE";
    }
    for (int i = TLS_CLIENT_NONE; i <= TLS_CLIENT_REQUIRED; i++) {
        if (strcmp(check, names[i]) == 0) {
            out->client_check = (enum tls_client_check)i;
            return STATUS_OK;
        }
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "ssl.client.authentication is '%s', not NONE, REQUESTED or REQUIRED", check);
}

static enum status read_trust(const struct property_file *properties, struct tls_options *out,
                              struct diag *diag)
{
    static const char *const types[] = {"PEM", NULL};
    if (out->client_check == TLS_CLIENT_NONE) {
        return STATUS_OK;
    }
    TRY(check_type(properties, "ssl.truststore.type", types, "PEM", diag));
    out->trust_file = find(properties, "ssl.truststore.location");
    return out->trust_file ? STATUS_OK
                           : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                                       "certificates of clients need ssl.truststore.location, a "
                                       "PEM file");
}

enum status serve_tls_read(const struct property_file *properties, struct tls_options *out,
                           struct diag *diag)
{
    out->versions = find(properties, "ssl.enabled.protocols");
    if (find(properties, "ssl.cipher.suites")) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "ssl.cipher.suites cannot be chosen: the suites are those of TLS 1.3, and "
                         "of TLS 1.2 those with ECDHE and AES-GCM or ChaCha20");
    }
    TRY(read_key_store(properties, out, diag));
    TRY(read_client_check(properties, out, diag));
    return read_trust(properties, out, diag);
}

void serve_tls_drop_secrets(struct property_file *properties)
{
    static const char *const names[] = {"ssl.keystore.key", "ssl.keystore.password",
                                        "ssl.key.password", "ssl.truststore.password", NULL};
    size_t kept = 0;
    for (size_t i = 0; i < properties->count; i++) {
        if (!is_one_of(properties->items[i].name, names)) {
            properties->items[kept++] = properties->items[i];
        }
    }
    properties->count = kept;
}
