/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dark or light. "system" asks the desktop's settings portal (org.freedesktop.appearance color-scheme) and follows its
 * changes; without an answer it is dark. The portal answers late, so its last answer is remembered and shown until it
 * does. */
#include "sono_settings.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_SETTINGS "org.freedesktop.portal.Settings"
#define APPEARANCE "org.freedesktop.appearance"
#define COLOR_SCHEME "color-scheme"
enum { PREFER_LIGHT = 2 };

typedef struct Follow {
    SonoSettings *settings; /* not owned: this is its data */
    GCancellable *cancellable;
    GDBusConnection *bus;
    guint subscription;
} Follow;

static void free_follow(gpointer data)
{
    Follow *f = data;
    g_cancellable_cancel(f->cancellable);
    g_object_unref(f->cancellable);
    if (f->bus) {
        g_dbus_connection_signal_unsubscribe(f->bus, f->subscription);
        g_object_unref(f->bus);
    }
    g_free(f);
}

static void apply(SonoSettings *settings)
{
    g_autofree char *theme = NULL;
    g_autofree char *shade = NULL;
    g_object_get(settings, "theme", &theme, "system-shade", &shade, NULL);
    const gboolean is_system = strcmp(theme, "system") == 0;
    const gboolean is_dark = strcmp(is_system ? shade : theme, "dark") == 0;
    g_object_set(gtk_settings_get_default(), "gtk-application-prefer-dark-theme", is_dark, NULL);
}

/* value: a number, maybe wrapped in further variants (portals differ). */
static void hear(Follow *f, GVariant *value)
{
    g_autoptr(GVariant) inner = g_variant_ref(value);
    while (g_variant_is_of_type(inner, G_VARIANT_TYPE_VARIANT)) {
        GVariant *next = g_variant_get_variant(inner);
        g_variant_unref(inner);
        inner = next;
    }
    if (g_variant_is_of_type(inner, G_VARIANT_TYPE_UINT32)) {
        const gboolean is_light = g_variant_get_uint32(inner) == PREFER_LIGHT;
        g_object_set(f->settings, "system-shade", is_light ? "light" : "dark", NULL);
    }
}

static void on_changed(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                       const char *signal, GVariant *parameters, gpointer data)
{
    const char *space = NULL;
    const char *key = NULL;
    g_autoptr(GVariant) value = NULL;
    if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(ssv)"))) {
        return;
    }
    g_variant_get(parameters, "(&s&sv)", &space, &key, &value);
    if (strcmp(space, APPEARANCE) == 0 && strcmp(key, COLOR_SCHEME) == 0) {
        hear(data, value);
    }
}

static void on_answer(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    if (answer) {
        g_autoptr(GVariant) value = g_variant_get_child_value(answer, 0);
        hear(data, value);
    } else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        Follow *f = data; /* no portal, or one that does not know */
        g_object_set(f->settings, "system-shade", "dark", NULL);
    }
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *bus = g_bus_get_finish(result, &error);
    if (!bus) {
        return; /* cancelled: data is gone; or no bus: what was remembered stays */
    }
    Follow *f = data;
    f->bus = bus;
    f->subscription = g_dbus_connection_signal_subscribe(bus, PORTAL, PORTAL_SETTINGS, "SettingChanged", PORTAL_PATH,
                                                         APPEARANCE, G_DBUS_SIGNAL_FLAGS_NONE, on_changed, f, NULL);
    g_dbus_connection_call(bus, PORTAL, PORTAL_PATH, PORTAL_SETTINGS, "Read",
                           g_variant_new("(ss)", APPEARANCE, COLOR_SCHEME), G_VARIANT_TYPE("(v)"),
                           G_DBUS_CALL_FLAGS_NONE, -1, f->cancellable, on_answer, f);
}

void sono_settings_follow_theme(SonoSettings *settings)
{
    Follow *f = g_new0(Follow, 1);
    f->settings = settings;
    f->cancellable = g_cancellable_new();
    g_object_set_data_full(G_OBJECT(settings), "follow-theme", f, free_follow);
    g_signal_connect(settings, "notify::theme", G_CALLBACK(apply), NULL);
    g_signal_connect(settings, "notify::system-shade", G_CALLBACK(apply), NULL);
    apply(settings);
    g_bus_get(G_BUS_TYPE_SESSION, f->cancellable, on_bus, f);
}
