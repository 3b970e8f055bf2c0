/* Middleware for a security key that lives in two files of FOLDER: `message`, what is to be signed, and `signature`,
 * which somebody puts there: that is the touch. See security_key.py.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define API_VERSION 0x000a0000
#define FAILED -1
#define PATIENCE 2000 /* hundredths of a second */

struct sk_option;
struct sk_enroll_response;
struct sk_resident_key;

struct sk_sign_response {
    uint8_t flags;
    uint32_t counter;
    uint8_t *sig_r;
    size_t sig_r_len;
    uint8_t *sig_s;
    size_t sig_s_len;
};

uint32_t sk_api_version(void)
{
    return API_VERSION;
}

int sk_enroll(uint32_t alg, const uint8_t *challenge, size_t challenge_len, const char *application, uint8_t flags,
    const char *pin, struct sk_option **options, struct sk_enroll_response **response)
{
    return FAILED;
}

int sk_load_resident_keys(const char *pin, struct sk_option **options, struct sk_resident_key ***keys, size_t *count)
{
    return FAILED;
}

static int leave(const uint8_t *data, size_t length)
{
    FILE *file = fopen(FOLDER "/message.new", "w");
    if (!file)
        return 0;
    size_t written = fwrite(data, 1, length, file);
    return !fclose(file) && written == length && !rename(FOLDER "/message.new", FOLDER "/message");
}

static FILE *touched(void)
{
    for (int tries = 0; tries < PATIENCE; tries++) {
        FILE *file = fopen(FOLDER "/signature", "r");
        if (file)
            return file;
        usleep(10000);
    }
    return NULL;
}

int sk_sign(uint32_t alg, const uint8_t *data, size_t data_len, const char *application, const uint8_t *key_handle,
    size_t key_handle_len, uint8_t flags, const char *pin, struct sk_option **options,
    struct sk_sign_response **response)
{
    struct sk_sign_response *made = calloc(1, sizeof *made);
    FILE *file;
    if (!made || !(made->sig_r = malloc(64)) || !leave(data, data_len) || !(file = touched()))
        return FAILED;
    made->sig_r_len = 64;
    if (fread(&made->flags, 1, 1, file) != 1 || fread(&made->counter, 4, 1, file) != 1 ||
        fread(made->sig_r, 1, 64, file) != 64)
        return FAILED;
    fclose(file);
    unlink(FOLDER "/message");
    unlink(FOLDER "/signature");
    *response = made;
    return 0;
}
