/* What waits on this device, in a database of its own for each person, so that nobody opens another one's.

   createStore(user): all(), get(key), put(item), drop(key), wipe(); each rejects where the browser keeps nothing. */
const ITEMS = "items";

export function createStore(user) {
  const name = `qiao-waiting-${user}`;
  let opened = null;

  const open = () => {
    opened ??= new Promise((done, fail) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(ITEMS, { keyPath: "key" });
      asked.onerror = () => fail(asked.error);
      asked.onsuccess = () => {
        /* wiped by another window */
        asked.result.onversionchange = () => { asked.result.close(); opened = null; };
        done(asked.result);
      };
    });
    return opened;
  };
  const within = async (mode, work) => {
    const transaction = (await open()).transaction(ITEMS, mode);
    const asked = work(transaction.objectStore(ITEMS));
    return new Promise((done, fail) => {
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  };

  return {
    all: async () => (await within("readonly", (items) => items.getAll())).sort((one, other) => one.written - other.written),
    get: (key) => within("readonly", (items) => items.get(key)),
    put: (item) => within("readwrite", (items) => items.put(item)),
    drop: (key) => within("readwrite", (items) => items.delete(key)),
    async wipe() {
      if (opened) (await opened).close();
      opened = null;
      await new Promise((done) => {
        const asked = indexedDB.deleteDatabase(name);
        asked.onsuccess = asked.onerror = asked.onblocked = done;
      });
    },
  };
}
