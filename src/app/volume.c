/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "volume.h"

#include <glib/gi18n.h>

#include "tip.h"

#define LOWEST_DB (-60.0)
#define HIGHEST_DB 12.0
#define SNAP_DB 0.75 /* full scale is easily met */

typedef struct Volume {
    GtkWidget *box, *mute, *scale;
    double gain_db, before_db; /* before it was muted */
    gboolean showing;          /* the slider follows the state, not the user */
} Volume;

static Volume *volume_of(GtkWidget *box)
{
    return g_object_get_data(G_OBJECT(box), "volume");
}

static void ask_for(Volume *v, double gain_db)
{
    (void)gtk_widget_activate_action(v->box, "win.output-gain", "d", gain_db);
}

static void on_slid(Volume *v)
{
    if (!v->showing) {
        const double db = gtk_range_get_value(GTK_RANGE(v->scale));
        ask_for(v, db > -SNAP_DB && db < SNAP_DB ? 0.0 : CLAMP(db, LOWEST_DB, HIGHEST_DB));
    }
}

static void on_mute(Volume *v)
{
    ask_for(v, v->gain_db > LOWEST_DB ? LOWEST_DB : v->before_db);
}

static void on_pressed(GtkGestureClick *click, int n_press, double x, double y, Volume *v)
{
    if (n_press == 2) {
        gtk_gesture_set_state(GTK_GESTURE(click), GTK_EVENT_SEQUENCE_CLAIMED);
        ask_for(v, 0.0);
    }
}

GtkWidget *volume_new(void)
{
    Volume *v = g_new0(Volume, 1);
    v->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    v->mute = gtk_button_new_from_icon_name("audio-volume-high-symbolic");
    v->scale = gtk_scale_new_with_range(GTK_ORIENTATION_VERTICAL, LOWEST_DB, HIGHEST_DB, 1.0);
    g_object_set_data_full(G_OBJECT(v->box), "volume", v, g_free);
    gtk_button_set_has_frame(GTK_BUTTON(v->mute), FALSE);
    gtk_widget_add_css_class(v->box, "volume");
    gtk_scale_set_draw_value(GTK_SCALE(v->scale), FALSE);
    gtk_range_set_inverted(GTK_RANGE(v->scale), TRUE);
    gtk_widget_set_vexpand(v->scale, TRUE);
    gtk_widget_set_halign(v->mute, GTK_ALIGN_CENTER);
    gtk_widget_set_halign(v->scale, GTK_ALIGN_CENTER);
    gtk_accessible_update_property(GTK_ACCESSIBLE(v->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Volume"), -1);
    g_signal_connect_swapped(v->scale, "value-changed", G_CALLBACK(on_slid), v);
    g_signal_connect_swapped(v->mute, "clicked", G_CALLBACK(on_mute), v);
    GtkGesture *click = gtk_gesture_click_new();
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(click), GTK_PHASE_CAPTURE);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), v);
    gtk_widget_add_controller(v->scale, GTK_EVENT_CONTROLLER(click));
    gtk_box_append(GTK_BOX(v->box), v->scale);
    gtk_box_append(GTK_BOX(v->box), v->mute);
    volume_show(v->box, 0.0);
    return v->box;
}

void volume_show(GtkWidget *volume, double gain_db)
{
    Volume *v = volume_of(volume);
    const gboolean muted = gain_db <= LOWEST_DB;
    g_autofree char *text = muted ? g_strdup(_("muted")) : g_strdup_printf(_("%.1f dB"), gain_db);
    g_autofree char *tip = g_strdup_printf(_("Volume: %s; a double click for 0 dB"), text);
    v->gain_db = gain_db;
    v->before_db = muted ? v->before_db : gain_db;
    v->showing = TRUE;
    gtk_range_set_value(GTK_RANGE(v->scale), gain_db);
    v->showing = FALSE;
    gtk_button_set_icon_name(GTK_BUTTON(v->mute), muted             ? "audio-volume-muted-symbolic"
                                                  : gain_db < -20.0 ? "audio-volume-low-symbolic"
                                                  : gain_db < -6.0  ? "audio-volume-medium-symbolic"
                                                                    : "audio-volume-high-symbolic");
    tip_set(v->scale, tip);
    tip_set(v->mute, muted ? _("Unmute") : _("Mute"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(v->mute), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   muted ? _("Unmute") : _("Mute"), -1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(v->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}
