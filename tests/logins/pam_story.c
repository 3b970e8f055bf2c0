/* A PAM module that asks what a file tells it to, and logs how each answer was. Never the answer itself.
 *
 * /etc/logins/USER holds a line per step; in a TEXT \n, \e and \a stand for line end, ESC and BEL:
 *
 *   password SECRET             the password: as the answer to anything else it is logged as `leaked`
 *   ask off|on ANSWER TEXT      a prompt with its echo; any other answer ends the attempt
 *   insist off|on ANSWER TEXT   the same, asked up to three times with "Incorrect answer." in between
 *   code off|on A,B,C TEXT      a prompt for a one-time code: each of A, B, C is right once, ever
 *   info TEXT                   a note
 *   wait SECONDS
 *   then                        what follows is asked once the password was right, by another method of the server
 *   shut TEXT                   the account stack says TEXT and lets nobody in
 *   change OLD NEW              the password has expired: OLD is asked for again, then NEW twice
 *
 * /var/log/pam_story.log gets `USER begin`, `USER N VERDICT` for prompt N (right, wrong, empty, leaked, replayed or
 * aborted), `USER granted` and `USER denied`.
 */
#include <fcntl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG "/var/log/pam_story.log"
#define USED "/run/pam_story.used"
#define LINE 4096

struct story {
    pam_handle_t *handle;
    const char *user;
    FILE *steps;
    char password[256];
    int prompts;
};

static void append(const char *path, const char *user, const char *text)
{
    char line[LINE];
    int length = snprintf(line, sizeof line, "%s %s\n", user, text);
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (file >= 0 && write(file, line, length) != length)
        _exit(1);
    close(file);
}

static int open_story(struct story *story, pam_handle_t *handle)
{
    char path[300];
    memset(story, 0, sizeof *story);
    story->handle = handle;
    if (pam_get_user(handle, &story->user, NULL) != PAM_SUCCESS)
        return 0;
    snprintf(path, sizeof path, "/etc/logins/%s", story->user);
    story->steps = fopen(path, "r");
    return story->steps != NULL;
}

/* Split off the first word of *rest. */
static char *word(char **rest)
{
    char *found = strsep(rest, " ");
    return found ? found : "";
}

static char *unescape(char *text)
{
    char *to = text;
    for (char *from = text; from && *from; from++, to++)
        if (from[0] == '\\' && from[1] && strchr("nea", from[1]))
            *to = *++from == 'n' ? '\n' : *from == 'e' ? '\033' : '\a';
        else
            *to = *from;
    if (to)
        *to = 0;
    return text ? text : "";
}

static int used_before(const char *user, const char *code)
{
    char wanted[LINE], line[LINE];
    int found = 0;
    FILE *used = fopen(USED, "r");
    snprintf(wanted, sizeof wanted, "%s %s\n", user, code);
    while (used && !found && fgets(line, sizeof line, used))
        found = !strcmp(line, wanted);
    if (used)
        fclose(used);
    return found;
}

static int one_of(const char *codes, const char *answer)
{
    size_t length = strlen(answer);
    for (const char *code = codes; code; code = strchr(code, ',') ? strchr(code, ',') + 1 : NULL)
        if (strcspn(code, ",") == length && !strncmp(code, answer, length))
            return 1;
    return 0;
}

static const char *verdict(struct story *story, int one_time, const char *wanted, const char *answer)
{
    if (!*answer)
        return "empty";
    if (one_time && used_before(story->user, answer))
        return "replayed";
    if (one_time ? one_of(wanted, answer) : !strcmp(wanted, answer)) {
        if (one_time)
            append(USED, story->user, answer);
        return "right";
    }
    return strcmp(wanted, story->password) && *story->password && !strcmp(answer, story->password) ? "leaked" : "wrong";
}

/* One prompt: 1 for a right answer, 0 for another, -1 when none came. */
static int prompt(struct story *story, int one_time, int echo, const char *wanted, const char *text)
{
    char note[64], *answer = NULL;
    int style = echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF;
    int came = pam_prompt(story->handle, style, &answer, "%s", text) == PAM_SUCCESS && answer;
    const char *how = came ? verdict(story, one_time, wanted, answer) : "aborted";
    snprintf(note, sizeof note, "%d %s", ++story->prompts, how);
    append(LOG, story->user, note);
    free(answer);
    return came ? !strcmp(how, "right") : -1;
}

static int ask(struct story *story, const char *kind, char *rest)
{
    int echo = !strcmp(word(&rest), "on"), one_time = !strcmp(kind, "code");
    char *wanted = word(&rest), *text = unescape(rest);
    int outcome = prompt(story, one_time, echo, wanted, text);
    for (int again = 0; again < 2 && !outcome && !strcmp(kind, "insist"); again++) {
        pam_info(story->handle, "Incorrect answer. Please try again.");
        outcome = prompt(story, one_time, echo, wanted, text);
    }
    return outcome == 1;
}

static int step(struct story *story, char *line)
{
    char *rest = line;
    const char *kind = word(&rest);
    if (!strcmp(kind, "ask") || !strcmp(kind, "insist") || !strcmp(kind, "code"))
        return ask(story, kind, rest);
    if (!strcmp(kind, "password"))
        snprintf(story->password, sizeof story->password, "%s", rest);
    else if (!strcmp(kind, "info"))
        pam_info(story->handle, "%s", unescape(rest));
    else if (!strcmp(kind, "wait"))
        usleep((useconds_t)(atof(rest) * 1e6));
    return 1;
}

/* Do the steps before `then`, or those after it where the password has been right before; 1 for a good end. */
static int tell(struct story *story)
{
    char line[LINE];
    const char *before = pam_getenv(story->handle, "SSH_AUTH_INFO_0");
    int later = before && strstr(before, "password"), skipping = later, well = 1;
    while (well && fgets(line, sizeof line, story->steps)) {
        line[strcspn(line, "\n")] = 0;
        if (!strcmp(line, "then") && !later)
            break;
        if (!strcmp(line, "then"))
            skipping = 0;
        else if (!skipping || !strncmp(line, "password ", 9))
            well = step(story, line);
    }
    return well && story->prompts;
}

int pam_sm_authenticate(pam_handle_t *handle, int flags, int argc, const char **argv)
{
    struct story story;
    int well = open_story(&story, handle);
    (void)flags, (void)argc, (void)argv;
    if (!story.user)
        return PAM_USER_UNKNOWN;
    append(LOG, story.user, "begin");
    well = well && tell(&story);
    if (story.steps)
        fclose(story.steps);
    append(LOG, story.user, well ? "granted" : "denied");
    return well ? PAM_SUCCESS : PAM_AUTH_ERR;
}

int pam_sm_acct_mgmt(pam_handle_t *handle, int flags, int argc, const char **argv)
{
    struct story story;
    char line[LINE];
    int shut = 0, expired = 0;
    (void)flags, (void)argc, (void)argv;
    if (!open_story(&story, handle))
        return PAM_SUCCESS;
    while (!shut && fgets(line, sizeof line, story.steps))
        if (!strncmp(line, "change ", 7))
            expired = 1;
        else if ((shut = !strncmp(line, "shut ", 5))) {
            line[strcspn(line, "\n")] = 0;
            pam_error(handle, "%s", unescape(line + 5));
        }
    fclose(story.steps);
    return shut ? PAM_PERM_DENIED : expired ? PAM_NEW_AUTHTOK_REQD : PAM_SUCCESS;
}

/* Ask for the old password and twice for the new one; 1 when all three are right. */
static int change(struct story *story, char *rest)
{
    char *old = word(&rest), *new = rest;
    pam_info(story->handle, "You are required to change your password immediately.");
    return prompt(story, 0, 0, old, "Current password: ") == 1 && prompt(story, 0, 0, new, "New password: ") == 1 &&
           prompt(story, 0, 0, new, "Retype new password: ") == 1;
}

int pam_sm_chauthtok(pam_handle_t *handle, int flags, int argc, const char **argv)
{
    struct story story;
    char line[LINE];
    int well = 0;
    (void)argc, (void)argv;
    if (flags & PAM_PRELIM_CHECK)
        return PAM_SUCCESS;
    if (!open_story(&story, handle))
        return PAM_AUTHTOK_ERR;
    while (fgets(line, sizeof line, story.steps)) {
        line[strcspn(line, "\n")] = 0;
        if (!strncmp(line, "change ", 7))
            well = change(&story, line + 7);
    }
    fclose(story.steps);
    return well ? PAM_SUCCESS : PAM_AUTHTOK_ERR;
}

int pam_sm_setcred(pam_handle_t *handle, int flags, int argc, const char **argv)
{
    (void)handle, (void)flags, (void)argc, (void)argv;
    return PAM_SUCCESS;
}
