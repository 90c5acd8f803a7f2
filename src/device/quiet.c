/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The libraries come with PortAudio, if at all: their switches are looked up, not linked. */
#define _GNU_SOURCE
#include "quiet.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static void say_nothing_alsa(const char *file, int line, const char *function, int err, const char *format, ...)
{
    (void)file;
    (void)line;
    (void)function;
    (void)err;
    (void)format;
}

static void say_nothing_jack(const char *text)
{
    (void)text;
}

typedef int (*SetAlsaHandler)(void (*)(const char *, int, const char *, int, const char *, ...));
typedef void (*SetJackFunction)(void (*)(const char *));

/* Function pointers out of dlsym: through memory, since C knows no conversion. */
static void find(const char *name, void *function)
{
    void *symbol = dlsym(RTLD_DEFAULT, name);
    memcpy(function, &symbol, sizeof symbol);
}

void device_quiet(void)
{
    SetAlsaHandler alsa = NULL;
    SetJackFunction jack_error = NULL, jack_info = NULL;
    find("snd_lib_error_set_handler", &alsa);
    find("jack_set_error_function", &jack_error);
    find("jack_set_info_function", &jack_info);
    if (alsa) {
        (void)alsa(say_nothing_alsa);
    }
    if (jack_error) {
        jack_error(say_nothing_jack);
    }
    if (jack_info) {
        jack_info(say_nothing_jack);
    }
    (void)setenv("JACK_NO_START_SERVER", "1", 1);
}
