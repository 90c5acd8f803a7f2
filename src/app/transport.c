/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport.h"

#include <glib/gi18n.h>

#include "accessible.h"
#include "shy_layout.h"
#include "tip.h"

#define COUNTER_CHARS 12
#define SPAN_S 10.0      /* looked at: milliseconds */
#define COUNTER_US 50000 /* nobody reads faster */

struct _SonoTransport {
    GtkWidget parent_instance;
    GtkWidget *play, *counter, *word, *problem;
    SonoTimeFormat format;
    gboolean playing, has_sound; /* as shown */
    double t_s;
    gint64 counted_us;
};

G_DEFINE_FINAL_TYPE(SonoTransport, sono_transport, GTK_TYPE_WIDGET)

static GtkWidget *add(SonoTransport *t, GtkWidget *child)
{
    gtk_widget_set_valign(child, GTK_ALIGN_CENTER);
    gtk_widget_set_parent(child, GTK_WIDGET(t));
    return child;
}

static GtkWidget *add_button(SonoTransport *t, GtkWidget *button, const char *icon, const char *action, const char *tip,
                             const char *name)
{
    gtk_button_set_icon_name(GTK_BUTTON(button), icon);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), action);
    gtk_widget_set_tooltip_text(button, tip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    return add(t, button);
}

static void add_items(GMenu *menu, const char *title, const char *const (*items)[3])
{
    g_autoptr(GMenu) section = g_menu_new();
    for (gsize i = 0; items[i][0]; i++) {
        g_autoptr(GMenuItem) item = g_menu_item_new(_(items[i][0]), NULL);
        if (items[i][2]) {
            g_menu_item_set_action_and_target(item, items[i][1], "s", items[i][2]);
        } else {
            g_menu_item_set_action_and_target(item, items[i][1], NULL);
        }
        g_menu_append_item(section, item);
    }
    g_menu_append_section(menu, title, G_MENU_MODEL(section));
}

/* How playing goes: following, what stopping does, what is heard of two channels. */
static GtkWidget *options_button(void)
{
    static const char *const follow[][3] = {{N_("Stand _Still"), "win.follow", "off"},
                                            {N_("Turn _Pages"), "win.follow", "page"},
                                            {N_("_Scroll"), "win.follow", "scroll"},
                                            {NULL, NULL, NULL}};
    static const char *const channels[][3] = {{N_("As They _Are"), "win.channel-mode", "normal"},
                                              {N_("_Mid"), "win.channel-mode", "mid"},
                                              {N_("Si_de"), "win.channel-mode", "side"},
                                              {N_("M_ono"), "win.channel-mode", "mono"},
                                              {NULL, NULL, NULL}};
    static const char *const habits[][3] = {{N_("Play Each _Edit"), "win.auto-audition", NULL},
                                            {N_("Stop _Returns to the Start"), "win.return-to-start", NULL},
                                            {NULL, NULL, NULL}};
    g_autoptr(GMenu) menu = g_menu_new();
    GtkWidget *button = gtk_menu_button_new();
    add_items(menu, _("The View while Playing"), follow);
    add_items(menu, _("Channels"), channels);
    add_items(menu, NULL, habits);
    gtk_menu_button_set_menu_model(GTK_MENU_BUTTON(button), G_MENU_MODEL(menu));
    gtk_menu_button_set_icon_name(GTK_MENU_BUTTON(button), "pan-down-symbolic");
    gtk_widget_set_tooltip_text(button, _("How it plays"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("How it plays"), -1);
    return button;
}

static void sono_transport_dispose(GObject *object)
{
    for (GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(object)); child;
         child = gtk_widget_get_first_child(GTK_WIDGET(object))) {
        gtk_widget_unparent(child);
    }
    G_OBJECT_CLASS(sono_transport_parent_class)->dispose(object);
}

static void sono_transport_class_init(SonoTransportClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = sono_transport_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), SHY_TYPE_LAYOUT);
    gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "transport");
    gtk_widget_class_set_accessible_role(GTK_WIDGET_CLASS(klass), GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void show_playing(SonoTransport *t)
{
    const char *tip = t->playing ? _("Stop (Space)") : _("Play the selected time, or from the cursor (Space)");
    const char *name = t->playing ? _("Stop") : _("Play");
    gtk_button_set_icon_name(GTK_BUTTON(t->play),
                             t->playing ? "media-playback-stop-symbolic" : "media-playback-start-symbolic");
    tip_set(t->play, tip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(t->play), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void sono_transport_init(SonoTransport *t)
{
    (void)add_button(t, gtk_button_new(), "media-skip-backward-symbolic", "win.rewind",
                     _("The cursor to the beginning (Ctrl+Home)"), _("Rewind"));
    t->play = add_button(t, gtk_button_new(), "media-playback-start-symbolic", "win.play", NULL, _("Play"));
    GtkWidget *alone = add_button(t, gtk_button_new(), "sonobrush-play-selection-symbolic", "win.play-selection",
                                  _("Play only what is inside the selection's time and frequency (Shift+Space)"),
                                  _("Play Only the Selection"));
    GtkWidget *delta = add_button(t, gtk_button_new(), "sonobrush-play-delta-symbolic", "win.play-delta",
                                  _("Play what the newest edit took away (D)"), _("Play the Difference"));
    GtkWidget *loop = add_button(t, gtk_toggle_button_new(), "media-playlist-repeat-symbolic", "win.loop",
                                 _("Again and again (L)"), _("Loop"));
    t->counter = gtk_inscription_new("");
    gtk_inscription_set_min_chars(GTK_INSCRIPTION(t->counter), COUNTER_CHARS);
    gtk_inscription_set_nat_chars(GTK_INSCRIPTION(t->counter), COUNTER_CHARS);
    gtk_inscription_set_nat_lines(GTK_INSCRIPTION(t->counter), 1);
    gtk_inscription_set_xalign(GTK_INSCRIPTION(t->counter), 1.0f);
    gtk_widget_add_css_class(t->counter, "counter");
    gtk_widget_set_tooltip_text(t->counter, _("Where it plays, or will begin"));
    (void)add(t, t->counter);
    GtkWidget *options = options_button();
    (void)add(t, options);
    t->word = gtk_label_new(NULL);
    gtk_widget_add_css_class(t->word, "word");
    gtk_widget_set_visible(t->word, FALSE);
    (void)add(t, t->word);
    t->problem = gtk_button_new();
    gtk_button_set_has_frame(GTK_BUTTON(t->problem), FALSE);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(t->problem), "app.preferences");
    gtk_widget_add_css_class(t->problem, "word");
    gtk_widget_set_visible(t->problem, FALSE);
    (void)add(t, t->problem);
    /* what goes first in a narrow window stands first */
    GtkWidget *const shy[] = {options, delta, t->counter, alone, loop, t->word, t->problem};
    for (guint i = 0; i < G_N_ELEMENTS(shy); i++) {
        shy_layout_set_rank(shy[i], G_N_ELEMENTS(shy) - i);
    }
    show_playing(t);
    gtk_accessible_update_property(GTK_ACCESSIBLE(t), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Transport"), -1);
}

GtkWidget *sono_transport_new(void)
{
    return g_object_new(SONO_TYPE_TRANSPORT, NULL);
}

static void count(SonoTransport *t, double t_s, double rate_hz)
{
    g_autofree char *text = t->has_sound ? sono_format_time(t_s, rate_hz, SPAN_S, t->format) : g_strdup("");
    if (g_strcmp0(gtk_inscription_get_text(GTK_INSCRIPTION(t->counter)), text) != 0) {
        gtk_inscription_set_text(GTK_INSCRIPTION(t->counter), text);
    }
}

void sono_transport_show(SonoTransport *t, const TransportState *s, double t_s, double rate_hz)
{
    const gint64 now_us = g_get_monotonic_time();
    const gboolean turns = s->playing != t->playing || s->has_sound != t->has_sound;
    t->has_sound = s->has_sound;
    if (s->playing != t->playing) {
        t->playing = s->playing;
        show_playing(t);
    }
    if (turns || !s->playing || now_us - t->counted_us >= COUNTER_US) {
        t->counted_us = now_us;
        count(t, t_s, rate_hz);
    }
    const char *word = s->word && !s->problem ? s->word : "";
    if (g_strcmp0(gtk_label_get_text(GTK_LABEL(t->word)), word) != 0) {
        gtk_label_set_text(GTK_LABEL(t->word), word);
    }
    gtk_widget_set_visible(t->word, word[0] != '\0');
    if (s->problem && g_strcmp0(gtk_button_get_label(GTK_BUTTON(t->problem)), s->problem) != 0) {
        gtk_button_set_label(GTK_BUTTON(t->problem), s->problem);
    }
    if (s->problem) {
        tip_set(t->problem, s->tip && s->tip[0] ? s->tip : NULL);
    }
    gtk_widget_set_visible(t->problem, s->problem != NULL);
}

void sono_transport_set_format(SonoTransport *t, SonoTimeFormat format)
{
    t->format = format;
}
