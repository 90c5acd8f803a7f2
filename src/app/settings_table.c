/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings_table.h"

#include "sono_follow.h"
#include "sono_freq_axis.h"
#include "sono_output.h"
#include "sono_picture.h"
#include "sono_readout.h"
#include "sono_ticks.h"

static gboolean is_theme(const char *text)
{
    static const char *const themes[] = {"system", "dark", "light", NULL};
    return g_strv_contains(themes, text);
}

static gboolean is_shade(const char *text)
{
    static const char *const shades[] = {"dark", "light", NULL};
    return g_strv_contains(shades, text);
}

static gboolean is_colours(const char *text)
{
    return sono_colour_map_find(text) != NULL;
}

static gboolean is_axis(const char *text)
{
    return g_strv_contains(sono_scale_names, text);
}

static gboolean is_time_format(const char *text)
{
    return g_strv_contains(sono_time_format_names, text);
}

static gboolean is_freq_format(const char *text)
{
    return g_strv_contains(sono_freq_format_names, text);
}

/* Tools and operations come and go between versions: who uses the name looks whether there is one. */
static gboolean is_name(const char *text)
{
    return text[0] != '\0' && strlen(text) <= 32 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

/* Transforms come and go likewise. */
static gboolean is_picture(const char *text)
{
    return text[0] != '\0' && strlen(text) <= 512 && g_str_is_ascii(text);
}

static gboolean is_edit_transform(const char *text)
{
    static const char *const choices[] = {"auto", "picture", NULL};
    return g_strv_contains(choices, text);
}

static gboolean is_folder(const char *text)
{
    return text[0] == '\0' || g_path_is_absolute(text);
}

static gboolean is_follow(const char *text)
{
    return g_strv_contains(sono_follow_names, text);
}

/* Devices come and go: a name that is none now may be one tomorrow. */
static gboolean is_device(const char *text)
{
    return strlen(text) < sizeof((SonoOutputWish *)NULL)->device && g_utf8_validate(text, -1, NULL);
}

gboolean sono_setting_takes(const SonoSetting *setting, const char *text)
{
    return setting->takes(text);
}

#define TEXT(name, group, usual, takes)                                                                                \
    {                                                                                                                  \
        name, group, G_TYPE_STRING, 0.0, 0.0, 0.0, usual, takes                                                        \
    }
#define DOUBLE(name, group, usual, min, max)                                                                           \
    {                                                                                                                  \
        name, group, G_TYPE_DOUBLE, usual, min, max, NULL, NULL                                                        \
    }
#define INT(name, group, usual, min, max)                                                                              \
    {                                                                                                                  \
        name, group, G_TYPE_INT, usual, min, max, NULL, NULL                                                           \
    }
#define BOOL(name, group, usual)                                                                                       \
    {                                                                                                                  \
        name, group, G_TYPE_BOOLEAN, usual, 0.0, 1.0, NULL, NULL                                                       \
    }

const SonoSetting sono_setting_table[SONO_N_SETTINGS] = {
    TEXT("theme", "look", "system", is_theme),
    TEXT("system-shade", "look", "dark", is_shade),
    TEXT("colours", "look", "ember", is_colours),
    TEXT("axis", "look", "mel", is_axis),
    TEXT("time-format", "look", "hms", is_time_format),
    TEXT("freq-format", "look", "hz", is_freq_format),
    TEXT("picture", "look", "stft", is_picture),
    DOUBLE("tuning", "look", SONO_TUNING_HZ, 380.0, 500.0),
    BOOL("note-grid", "look", 0),
    BOOL("piano", "look", 0),
    DOUBLE("floor-db", "look", -110.0, -200.0, 99.0),
    DOUBLE("ceiling-db", "look", 0.0, -199.0, 100.0),
    TEXT("tool", "tools", "brush", is_name),
    TEXT("operation", "tools", "gain", is_name),
    DOUBLE("brush-ms", "tools", 60.0, 0.1, 60000.0),
    DOUBLE("brush-octaves", "tools", 0.15, 0.001, 10.0),
    DOUBLE("brush-hardness", "tools", 0.5, 0.0, 1.0),
    DOUBLE("brush-flow", "tools", 1.0, 0.0, 1.0),
    BOOL("pressure-to-strength", "tools", 1),
    BOOL("pressure-to-size", "tools", 0),
    DOUBLE("feather-ms", "tools", 5.0, 0.0, 60000.0),
    DOUBLE("feather-hz", "tools", 0.0, 0.0, 20000.0),
    BOOL("link-channels", "tools", 1),
    TEXT("edit-transform", "tools", "auto", is_edit_transform),
    TEXT("audio-device", "sound", "", is_device),
    INT("audio-rate", "sound", 0, 0, 768000),
    INT("audio-buffer", "sound", 0, 0, 8192),
    DOUBLE("output-gain", "sound", 0.0, -60.0, 12.0),
    DOUBLE("pre-roll", "sound", 0.5, 0.0, 10.0),
    DOUBLE("post-roll", "sound", 0.5, 0.0, 10.0),
    BOOL("loop", "sound", 0),
    BOOL("return-to-start", "sound", 1),
    BOOL("auto-audition", "sound", 0),
    TEXT("follow", "sound", "page", is_follow),
    BOOL("show-meters", "window", 1),
    BOOL("show-overview", "window", 1),
    BOOL("show-waveform", "window", 1),
    BOOL("show-inspector", "window", 1),
    BOOL("window-maximized", "window", 0),
    INT("window-width", "window", 1280, 320, 16384),
    INT("window-height", "window", 720, 240, 16384),
    INT("inspector-width", "window", 250, 160, 1000),
    TEXT("last-folder", "files", "", is_folder),
    BOOL("offer-recovery", "files", 1),
};
