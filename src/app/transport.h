/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transport: rewind, play, play what is selected, loop, where it is, and how it listens; in a few words what is out
 * of the ordinary. Acts through win. actions. Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sono_readout.h"

#define SONO_TYPE_TRANSPORT (sono_transport_get_type())
G_DECLARE_FINAL_TYPE(SonoTransport, sono_transport, SONO, TRANSPORT, GtkWidget)

typedef struct TransportState {
    gboolean playing, has_sound;
    const char *word;    /* what is heard, if not simply the sound; or NULL */
    const char *problem; /* instead of it: nothing can be heard; leads to the preferences */
    const char *tip;     /* why */
} TransportState;

GtkWidget *sono_transport_new(void);
void sono_transport_show(SonoTransport *transport, const TransportState *state, double t_s, double rate_hz);
void sono_transport_set_format(SonoTransport *transport, SonoTimeFormat format);
