/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on playing and listening. What they set are settings, which all windows follow (window_options.c); which
 * channels are heard is the window's own. */
#include "window.h"

#include <glib/gi18n.h>
#include <math.h>

static const char *const mode_names[] = {[SONO_CHANNELS_AS_THEY_ARE] = "normal",
                                         [SONO_CHANNELS_MID] = "mid",
                                         [SONO_CHANNELS_SIDE] = "side",
                                         [SONO_CHANNELS_MONO] = "mono",
                                         NULL};

static gboolean is_playing(const SonoWindow *w)
{
    const SonoListenState *s = &w->listening.state;
    return sono_speaker_is_owner(w->speaker, w) && (s->playing || s->preparing || s->player.phase != SONO_PLAY_STOPPED);
}

static void stop_it(SonoWindow *w)
{
    if (sono_speaker_is_owner(w->speaker, w)) {
        sono_listener_stop(w->listening.listener);
    }
    window_listen_poll(w);
}

static void play_what(SonoWindow *w, SonoListenTo what)
{
    if (!w->listening.revision) {
        return; /* a script's call may come before the sound */
    }
    window_listen_take(w);
    (void)sono_listener_play(w->listening.listener, what); /* the next poll says why not */
    window_listen_poll(w);
}

static void play(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    if (is_playing(data)) {
        stop_it(data);
    } else {
        play_what(data, SONO_LISTEN_SOUND);
    }
}

static void play_selection(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    if (is_playing(data)) {
        stop_it(data);
    } else {
        play_what(data, SONO_LISTEN_SELECTION);
    }
}

static void play_delta(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    play_what(data, SONO_LISTEN_DELTA);
}

static void play_around(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoWindow *w = data;
    if (w->listening.revision) {
        window_listen_take(w);
        (void)sono_listener_play_around(w->listening.listener);
        window_listen_poll(w);
    }
}

static void stop(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    stop_it(data);
}

static void seek_to(SonoWindow *w, double t_s)
{
    const SonoViewState *v = sono_scene_view(window_scene(w));
    if (isfinite(t_s) && w->listening.revision) {
        sono_follow_resume(&w->listening.follow);
        sono_listener_seek(w->listening.listener, CLAMP(t_s, 0.0, v->end_s));
        window_listen_poll(w);
    }
}

static void seek(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    seek_to(data, g_variant_get_double(parameter));
}

static void rewind_it(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    seek_to(data, 0.0);
}

static void change_switch(GSimpleAction *action, GVariant *value, gpointer data)
{
    g_object_set(SONO_WINDOW(data)->settings, g_action_get_name(G_ACTION(action)), g_variant_get_boolean(value), NULL);
}

static void change_gain(GSimpleAction *action, GVariant *value, gpointer data)
{
    const double gain_db = g_variant_get_double(value);
    if (gain_db >= -60.0 && gain_db <= 12.0) {
        g_object_set(SONO_WINDOW(data)->settings, "output-gain", gain_db, NULL);
    } else {
        sono_window_tell(data, "output-gain: from -60 to 12 dB", TRUE);
    }
}

static void choose_follow(GSimpleAction *action, GVariant *value, gpointer data)
{
    const char *name = g_variant_get_string(value, NULL);
    if (g_strv_contains(sono_follow_names, name)) {
        g_object_set(SONO_WINDOW(data)->settings, "follow", name, NULL);
    } else {
        g_autofree char *line = g_strdup_printf("follow: there is no '%.40s'", name);
        sono_window_tell(data, line, TRUE);
    }
}

static void toggle_channel(SonoWindow *w, guint8 *set, int channel, const char *name)
{
    if (channel < 0 || channel >= sono_scene_view(window_scene(w))->n_channels) {
        g_autofree char *line = g_strdup_printf("%s: there is no channel %d", name, channel);
        sono_window_tell(w, line, TRUE);
        return;
    }
    set[channel / 8] ^= (guint8)(1U << (channel % 8));
    window_listen_show_channels(w);
}

static void mute(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    toggle_channel(data, SONO_WINDOW(data)->listening.muted, g_variant_get_int32(parameter), "channel-mute");
}

static void solo(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    toggle_channel(data, SONO_WINDOW(data)->listening.solo, g_variant_get_int32(parameter), "channel-solo");
}

static void choose_mode(GSimpleAction *action, GVariant *value, gpointer data)
{
    SonoWindow *w = data;
    const char *name = g_variant_get_string(value, NULL);
    const gboolean two = sono_scene_view(window_scene(w))->n_channels == 2;
    for (int i = 0; mode_names[i]; i++) {
        if (g_str_equal(mode_names[i], name)) {
            if ((i == SONO_CHANNELS_MID || i == SONO_CHANNELS_SIDE) && !two) {
                sono_window_tell(w, _("Mid and side are for two channels"), FALSE);
                return;
            }
            w->listening.mode = (SonoChannelMode)i;
            g_simple_action_set_state(action, value);
            window_listen_show_channels(w);
            return;
        }
    }
    g_autofree char *line = g_strdup_printf("channel-mode: there is no '%.40s'", name);
    sono_window_tell(w, line, TRUE);
}

static void reset_meters(GSimpleAction *action, GVariant *parameter, gpointer data)
{
    SonoWindow *w = data;
    sono_player_reset_meters(sono_speaker_player(w->speaker));
    window_listen_poll(w);
}

/* For scripts: only read. */
static void keep(GSimpleAction *action, GVariant *value, gpointer data)
{
}

void window_add_listen_actions(SonoWindow *w)
{
    static const GActionEntry entries[] = {
        {.name = "play", .activate = play},
        {.name = "play-selection", .activate = play_selection},
        {.name = "play-around", .activate = play_around},
        {.name = "play-delta", .activate = play_delta},
        {.name = "stop", .activate = stop},
        {.name = "loop", .state = "false", .change_state = change_switch},
        {.name = "return-to-start", .state = "true", .change_state = change_switch},
        {.name = "auto-audition", .state = "false", .change_state = change_switch},
        {.name = "rewind", .activate = rewind_it},
        {.name = "seek", .activate = seek, .parameter_type = "d"},
        {.name = "follow", .parameter_type = "s", .state = "'page'", .change_state = choose_follow},
        {.name = "channel-mute", .activate = mute, .parameter_type = "i"},
        {.name = "channel-solo", .activate = solo, .parameter_type = "i"},
        {.name = "channel-mode", .parameter_type = "s", .state = "'normal'", .change_state = choose_mode},
        {.name = "output-gain", .parameter_type = "d", .state = "0.0", .change_state = change_gain},
        {.name = "reset-meters", .activate = reset_meters},
        {.name = "show-meters", .state = "true", .change_state = change_switch},
        {.name = "listening", .state = "'stopped position=0.000 device=closed xruns=0'", .change_state = keep},
    };
    g_action_map_add_action_entries(G_ACTION_MAP(w), entries, G_N_ELEMENTS(entries), w);
}
