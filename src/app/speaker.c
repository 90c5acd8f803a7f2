/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sono_speaker.h"

#include "sono_log.h"

struct _SonoSpeaker {
    GObject parent_instance;
    SonoSettings *settings;
    SonoPlayer *player;
    gconstpointer owner; /* or NULL */
    SonoPlayMix mix;     /* the owner's */
    int wake_pending;    /* atomic */
};

G_DEFINE_FINAL_TYPE(SonoSpeaker, sono_speaker, G_TYPE_OBJECT)

enum { CHANGED, TAKEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean on_wake(gpointer data)
{
    SonoSpeaker *s = data;
    g_atomic_int_set(&s->wake_pending, 0);
    if (s->player) {
        g_signal_emit(s, signals[CHANGED], 0);
    }
    return G_SOURCE_REMOVE;
}

/* Helper threads of the player. */
static void wake(void *ctx)
{
    SonoSpeaker *s = ctx;
    if (g_atomic_int_compare_and_exchange(&s->wake_pending, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, on_wake, g_object_ref(s), g_object_unref);
    }
}

static void apply_mix(SonoSpeaker *s)
{
    g_object_get(s->settings, "output-gain", &s->mix.gain_db, NULL);
    sono_player_set_mix(s->player, &s->mix);
}

static void apply_device(SonoSpeaker *s)
{
    g_autofree char *device = NULL;
    int rate_hz = 0;
    int buffer_frames = 0;
    g_object_get(s->settings, "audio-device", &device, "audio-rate", &rate_hz, "audio-buffer", &buffer_frames, NULL);
    sono_player_set_device(s->player, device, rate_hz, buffer_frames);
}

static void on_setting(SonoSpeaker *s, const GParamSpec *spec)
{
    if (!s->player) {
        return;
    }
    if (g_str_has_prefix(spec->name, "audio-")) {
        apply_device(s);
    } else if (g_str_equal(spec->name, "output-gain")) {
        apply_mix(s);
    }
}

SonoPlayer *sono_speaker_player(SonoSpeaker *s)
{
    return s->player;
}

gboolean sono_speaker_is_owner(SonoSpeaker *s, gconstpointer owner)
{
    return s->owner == owner;
}

void sono_speaker_take(SonoSpeaker *s, gconstpointer owner, const SonoPlayMix *mix)
{
    if (s->owner != owner) {
        if (s->owner) {
            g_signal_emit(s, signals[TAKEN], 0, owner);
        }
        s->owner = owner;
        sono_player_reset_meters(s->player);
    }
    s->mix = *mix;
    apply_mix(s);
}

void sono_speaker_set_mix(SonoSpeaker *s, gconstpointer owner, const SonoPlayMix *mix)
{
    if (s->owner == owner) {
        s->mix = *mix;
        apply_mix(s);
    }
}

void sono_speaker_leave(SonoSpeaker *s, gconstpointer owner)
{
    if (s->owner == owner) {
        s->owner = NULL;
    }
}

static void sono_speaker_dispose(GObject *object)
{
    SonoSpeaker *s = SONO_SPEAKER(object);
    g_clear_pointer(&s->player, sono_player_free);
    g_clear_object(&s->settings);
    G_OBJECT_CLASS(sono_speaker_parent_class)->dispose(object);
}

static void sono_speaker_class_init(SonoSpeakerClass *klass)
{
    const GType type = G_TYPE_FROM_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_speaker_dispose;
    signals[CHANGED] = g_signal_new("changed", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[TAKEN] = g_signal_new("taken", type, 0, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void sono_speaker_init(SonoSpeaker *s)
{
}

SonoSpeaker *sono_speaker_new(SonoSettings *settings)
{
    SonoError err = {0};
    g_autoptr(SonoSpeaker) s = g_object_new(SONO_TYPE_SPEAKER, NULL);
    if (sono_player_new(wake, s, &s->player, &err) != SONO_OK) {
        sono_log(SONO_LOG_ERROR, "app", "%s", err.message);
        return NULL;
    }
    s->settings = g_object_ref(settings);
    apply_device(s);
    apply_mix(s);
    g_signal_connect_object(settings, "notify", G_CALLBACK(on_setting), s, G_CONNECT_SWAPPED);
    return g_steal_pointer(&s);
}
