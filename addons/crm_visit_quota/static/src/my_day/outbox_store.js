const EVENTS = "events";
const CACHE = "cache";

const done = (request) =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

/** What the device keeps: entries that have not been sent, and what was shown last. In memory where it may keep nothing. */
export class OutboxStore {
    constructor(name) {
        this.name = name;
        this.memory = { [EVENTS]: new Map(), [CACHE]: new Map() };
    }

    async open() {
        if (this.db === undefined) {
            this.db = null;
            try {
                const request = indexedDB.open(this.name, 1);
                request.onupgradeneeded = () => {
                    request.result.createObjectStore(EVENTS, { keyPath: "key" });
                    request.result.createObjectStore(CACHE);
                };
                this.db = await done(request);
                this.db.onversionchange = () => this.db.close();
            } catch {
                this.db = null; // private browsing
            }
        }
        return this.db;
    }

    /** Everything that waits, in the order in which it happened. */
    async events() {
        const db = await this.open();
        const found = db
            ? await done(db.transaction(EVENTS).objectStore(EVENTS).getAll())
            : [...this.memory[EVENTS].values()];
        return found.sort((first, second) => first.seq - second.seq);
    }

    put(event) {
        return this.write(EVENTS, event.key, event);
    }

    remove(key) {
        return this.write(EVENTS, key, undefined);
    }

    keep(name, value) {
        return this.write(CACHE, name, value);
    }

    async recall(name) {
        const db = await this.open();
        return db ? done(db.transaction(CACHE).objectStore(CACHE).get(name)) : this.memory[CACHE].get(name);
    }

    async write(table, key, value) {
        const db = await this.open();
        const plain = value === undefined ? value : JSON.parse(JSON.stringify(value)); // reactive objects cannot be stored
        if (!db) {
            if (plain === undefined) {
                this.memory[table].delete(key);
            } else {
                this.memory[table].set(key, plain);
            }
            return;
        }
        const transaction = db.transaction(table, "readwrite");
        const store = transaction.objectStore(table);
        if (plain === undefined) {
            store.delete(key);
        } else if (table === EVENTS) {
            store.put(plain);
        } else {
            store.put(plain, key);
        }
        return new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onerror = () => reject(transaction.error);
            transaction.onabort = () => reject(transaction.error);
        });
    }
}
