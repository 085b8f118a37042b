// The part of the service worker that shows what comes by web push (core/gateways/webpush.py) and opens it when tapped.
// The worker takes it in by importScripts. A message that comes twice replaces itself: its key is the tag.
self.addEventListener("push", (event) => {
  const told = event.data?.json() ?? {};
  const shown = { body: told.text, tag: told.tag, icon: "/static/icons/seal.svg", data: { link: told.link } };
  event.waitUntil(self.registration.showNotification(told.title || "Keben 客本", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data?.link || "/inbox/", self.location.origin);
  // Links of another host don't come from us.
  const address = link.origin === self.location.origin ? link.href : "/inbox/";
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((open) => {
      const page = open.find((client) => client.url === address);
      return page ? page.focus() : self.clients.openWindow(address);
    }),
  );
});
