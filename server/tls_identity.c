/* tls_identity.c
 *
 * A key store's content tells its kind: PEM is text, a Java key store (JKS) has a magic number, and
 * all else is PKCS#12, which Java writes by default since version 9 whatever it calls the file. JKS
 * itself is refused with the command that converts it.
 *
 * A key that others on the machine can read is refused, as a password file is.
 */
#include "server/tls_identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <gnutls/x509.h>

#include "base/buffer.h"
#include "base/memory.h"

enum { STORE_BYTES_MAX = 1 << 20 };

/* Without CBC, static RSA and finite-field DH; the rest is the library's order of preference. */
#define SUITES ":-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:-RSA:-DHE-RSA"

static const struct {
    const char *name; /* as ssl.enabled.protocols has it */
    const char *priority;
} version_rows[] = {
    {"TLSv1.2,TLSv1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" SUITES},
    {"TLSv1.3,TLSv1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" SUITES},
    {"TLSv1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3" SUITES},
    {"TLSv1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.2" SUITES},
};

/* --- Files ------------------------------------------------------------------------------------ */

static enum status check_file(FILE *file, const char *path, bool is_secret, struct diag *diag)
{
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "'%s' is not a file", path);
    }
    if (is_secret && (info.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "'%s' holds a key and must not be readable or writable by others "
                         "(chmod 600)",
                         path);
    }
    return info.st_size <= STORE_BYTES_MAX
               ? STATUS_OK
               : diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                           "'%s' is larger than a key store can be (%d bytes)", path,
                           STORE_BYTES_MAX);
}

static enum status read_file(const char *path, bool is_secret, struct buffer *out,
                             struct diag *diag)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot read '%s': %s", path,
                         strerror(errno));
    }
    char bytes[4096];
    size_t count = 0;
    const enum status status = check_file(file, path, is_secret, diag);
    while (status == STATUS_OK && out->bytes <= STORE_BYTES_MAX &&
           (count = fread(bytes, 1, sizeof(bytes), file)) > 0) {
        buffer_append(out, bytes, count);
    }
    (void)fclose(file);
    return status == STATUS_OK && out->has_failed ? diag_no_memory(diag) : status;
}

static gnutls_datum_t datum_of(struct text text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text.data, (unsigned)text.bytes};
}

/* --- Certificate and key ---------------------------------------------------------------------- */

static enum status cannot_use(const char *what, int error, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "cannot use the certificate and key of %s: %s", what, gnutls_strerror(error));
}

static enum status use_pem(struct tls_identity *identity, const struct tls_options *options,
                           const char *what, struct text certificates, struct text key,
                           struct diag *diag)
{
    const gnutls_datum_t certificate_datum = datum_of(certificates);
    const gnutls_datum_t key_datum = datum_of(key);
    const int error =
        gnutls_certificate_set_x509_key_mem2(identity->credentials, &certificate_datum, &key_datum,
                                             GNUTLS_X509_FMT_PEM, options->password, 0);
    return error >= 0 ? STATUS_OK : cannot_use(what, error, diag);
}

static enum status use_pkcs12(struct tls_identity *identity, const struct tls_options *options,
                              struct text store, struct diag *diag)
{
    static const char java_magic[] = "\xFE\xED\xFE\xED";
    const gnutls_datum_t datum = datum_of(store);
    if (store.bytes >= 4 && memcmp(store.data, java_magic, 4) == 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "'%s' is a Java key store (JKS), which only Java reads; convert it: "
                         "keytool -importkeystore -srckeystore %s -destkeystore server.p12 "
                         "-deststoretype PKCS12",
                         options->store_file, options->store_file);
    }
    const int error = gnutls_certificate_set_x509_simple_pkcs12_mem(
        identity->credentials, &datum, GNUTLS_X509_FMT_DER, options->password);
    return error >= 0 ? STATUS_OK : cannot_use(options->store_file, error, diag);
}

static enum status use_store(struct tls_identity *identity, const struct tls_options *options,
                             struct text store, struct diag *diag)
{
    struct buffer key;
    if (!memmem(store.data, store.bytes, "-----BEGIN ", 11)) {
        return use_pkcs12(identity, options, store, diag);
    }
    if (!options->key_file) {
        return use_pem(identity, options, options->store_file, store, store, diag);
    }
    buffer_init(&key);
    enum status status = read_file(options->key_file, true, &key, diag);
    if (status == STATUS_OK) {
        status = use_pem(identity, options, options->store_file, store, buffer_text(&key), diag);
    }
    buffer_release(&key);
    return status;
}

static enum status use_key(struct tls_identity *identity, const struct tls_options *options,
                           struct diag *diag)
{
    struct buffer store;
    if (!options->store_file) {
        return use_pem(identity, options, "ssl.keystore.certificate.chain",
                       text_of(options->certificates), text_of(options->key), diag);
    }
    buffer_init(&store);
    enum status status = read_file(options->store_file, !options->key_file, &store, diag);
    if (status == STATUS_OK) {
        status = use_store(identity, options, buffer_text(&store), diag);
    }
    buffer_release(&store);
    return status;
}

/* --- What is asked of clients ----------------------------------------------------------------- */

/* The library's own check would refuse a client that was asked and shows none. That one that must
 * show one does is seen to by the handshake. */
static int check_client(gnutls_session_t session)
{
    unsigned count = 0;
    unsigned flaws = 0;
    gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
                                     .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT};
    if (!gnutls_certificate_get_peers(session, &count) || count == 0) {
        return 0;
    }
    const int error = gnutls_certificate_verify_peers(session, &purpose, 1, &flaws);
    return error == 0 && flaws == 0 ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}

static enum status use_trust(struct tls_identity *identity, const struct tls_options *options,
                             struct diag *diag)
{
    struct buffer trust;
    buffer_init(&trust);
    enum status status = read_file(options->trust_file, false, &trust, diag);
    if (status == STATUS_OK) {
        const gnutls_datum_t datum = datum_of(buffer_text(&trust));
        const int count = gnutls_certificate_set_x509_trust_mem(identity->credentials, &datum,
                                                                GNUTLS_X509_FMT_PEM);
        status = count > 0 ? STATUS_OK
                           : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                                       "'%s' holds no certificate in PEM", options->trust_file);
    }
    buffer_release(&trust);
    gnutls_certificate_set_verify_function(identity->credentials, check_client);
    return status;
}

static enum status use_versions(struct tls_identity *identity, const char *versions,
                                struct diag *diag)
{
    for (size_t i = 0; i < sizeof(version_rows) / sizeof(version_rows[0]); i++) {
        if (strcmp(versions, version_rows[i].name) == 0) {
            const int error =
                gnutls_priority_init(&identity->priority, version_rows[i].priority, NULL);
            return error == 0 ? STATUS_OK
                              : diag_fail(diag, STATUS_IO, SQL_POS_NONE,
                                          "the TLS library does not know its suites: %s",
                                          gnutls_strerror(error));
        }
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "'%s' is not a choice of TLSv1.2 and TLSv1.3", versions);
}

/* --- Life ------------------------------------------------------------------------------------- */

static void read_expiry(struct tls_identity *identity)
{
    gnutls_x509_crt_t *certificates = NULL;
    unsigned count = 0;
    if (gnutls_certificate_get_x509_crt(identity->credentials, 0, &certificates, &count) == 0) {
        identity->expires_s = gnutls_x509_crt_get_expiration_time(certificates[0]);
        for (unsigned i = 0; i < count; i++) {
            gnutls_x509_crt_deinit(certificates[i]);
        }
        gnutls_free(certificates);
    }
}

static enum status load(struct tls_identity *identity, const struct tls_options *options,
                        struct diag *diag)
{
    if (gnutls_certificate_allocate_credentials(&identity->credentials) != 0 ||
        gnutls_session_ticket_key_generate(&identity->ticket_key) != 0) {
        return diag_no_memory(diag);
    }
    TRY(use_versions(identity, options->versions ? options->versions : version_rows[0].name, diag));
    TRY(use_key(identity, options, diag));
    if (options->client_check != TLS_CLIENT_NONE) {
        TRY(use_trust(identity, options, diag));
    }
    read_expiry(identity);
    return STATUS_OK;
}

enum status tls_identity_load(const struct tls_options *options, struct tls_identity **out,
                              struct diag *diag)
{
    struct tls_identity *identity = memory_zalloc(sizeof(*identity));
    if (!identity) {
        return diag_no_memory(diag);
    }
    atomic_init(&identity->references, 1);
    identity->client_check = options->client_check;
    const enum status status = load(identity, options, diag);
    if (status != STATUS_OK) {
        tls_identity_unref(identity);
        return status;
    }
    *out = identity;
    return STATUS_OK;
}

struct tls_identity *tls_identity_ref(struct tls_identity *identity)
{
    atomic_fetch_add(&identity->references, 1);
    return identity;
}

void tls_identity_unref(struct tls_identity *identity)
{
    if (!identity || atomic_fetch_sub(&identity->references, 1) != 1) {
        return;
    }
    if (identity->credentials) {
        gnutls_certificate_free_credentials(identity->credentials);
    }
    if (identity->priority) {
        gnutls_priority_deinit(identity->priority);
    }
    if (identity->ticket_key.data) {
        gnutls_memset(identity->ticket_key.data, 0, identity->ticket_key.size);
        gnutls_free(identity->ticket_key.data);
    }
    memory_free(identity);
}

/* --- Sessions --------------------------------------------------------------------------------- */

static void ask_for_certificate(gnutls_session_t session, enum tls_client_check check)
{
    if (check != TLS_CLIENT_NONE) {
        gnutls_certificate_server_set_request(
            session, check == TLS_CLIENT_REQUIRED ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST);
    }
}

gnutls_session_t tls_identity_start(struct tls_identity *identity, int fd)
{
    static const char *const names[] = {"h2", "http/1.1"};
    const gnutls_datum_t protocols[] = {datum_of(text_of(names[0])), datum_of(text_of(names[1]))};
    gnutls_session_t session = NULL;
    if (gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0) {
        return NULL;
    }
    if (gnutls_priority_set(session, identity->priority) != 0 ||
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, identity->credentials) != 0 ||
        gnutls_session_ticket_enable_server(session, &identity->ticket_key) != 0 ||
        gnutls_alpn_set_protocols(session, protocols, sizeof(protocols) / sizeof(protocols[0]),
                                  GNUTLS_ALPN_SERVER_PRECEDENCE) != 0) {
        gnutls_deinit(session);
        return NULL;
    }
    ask_for_certificate(session, identity->client_check);
    gnutls_transport_set_int(session, fd);
    return session;
}
