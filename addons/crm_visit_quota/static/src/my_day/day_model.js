const { DateTime } = luxon;

/** The day as it is once everything that waits on the device has been sent; nothing given is changed. */
export function applyEvents(day, events) {
    const result = { ...day, visits: day.visits.map((card) => ({ ...card, pending: 0 })) };
    for (const event of events) {
        const card = findCard(result, event) || newCard(result, event);
        if (card) {
            card.pending += 1;
            CHANGES[event.type]?.(card, event, clock(event.at, day.tz));
        }
    }
    return result;
}

function findCard(day, event) {
    return day.visits.find((card) => card.ref === event.visit || card.key === event.visit);
}

/** A visit that the server does not know yet, on the day on which it was begun. */
function newCard(day, event) {
    const local = event.local;
    if (!["check_in", "log"].includes(event.type) || !local?.partner || local.date !== day.date) {
        return null;
    }
    const card = {
        id: false, ref: event.visit, key: event.visit, state: "planned", is_off_plan: true, date: local.date, planned: [false, false],
        actual: [false, false], kind: local.kind, wants_position: false, is_mine: true, person: "", lead: false, contacts: [], purpose: false,
        note: "", outcome: false, next_step: "", next_step_date: false, checks: [], photos: 0, location_state: "none",
        location_reasons: false, may_place: false, pending: 0,
        partner: { phone: false, city: false, address: false, latitude: 0, longitude: 0, grade: false, ...local.partner },
    };
    day.visits.push(card);
    return card;
}

/** HH:MM of an ISO moment in a time zone. */
export function clock(iso, zone) {
    return DateTime.fromISO(iso, { zone }).toFormat("HH:mm");
}

function writeDown(card, { vals = {} }) {
    for (const name of ["note", "outcome", "next_step", "next_step_date"]) {
        if (name in vals) {
            card[name] = vals[name];
        }
    }
    if (vals.checks) {
        card.checks = card.checks.map((line) => ({ ...line, is_done: vals.checks[line.name] ?? line.is_done }));
    }
}

function finish(card, event, time) {
    writeDown(card, event);
    card.state = "done";
    card.actual = [card.actual[0] || card.planned[0] || time, time];
}

const CHANGES = {
    check_in(card, event, time) {
        if (["planned", "missed"].includes(card.state)) {
            card.state = "underway";
            card.actual = [time, false];
        }
    },
    check_out: finish,
    finish,
    log: finish,
    note: writeDown,
    check: writeDown,
    photo(card) {
        card.photos += 1;
    },
    place(card) {
        card.may_place = false;
    },
};

/** The day with the cards that the server has just told; a card keeps its key, so that what is being typed into it stays. */
export function withCards(day, visits) {
    const cards = [...day.visits];
    for (const [ref, card] of Object.entries(visits)) {
        const place = cards.findIndex((old) => old.ref === ref || old.key === ref || old.id === card.id);
        if (place >= 0) {
            cards[place] = { ...card, key: cards[place].key };
        } else if (card.date === day.date) {
            cards.push({ ...card, key: ref });
        }
    }
    return { ...day, visits: cards };
}

/** A link that opens the way to a customer in whatever the device has for maps, without any key. */
export function mapsLink(partner, userAgent) {
    const words = encodeURIComponent([partner.address, partner.name].filter(Boolean)[0] || "");
    const known = Boolean(partner.latitude || partner.longitude);
    if (!known && !partner.address) {
        return "";
    }
    const place = `${partner.latitude},${partner.longitude}`;
    if (/Android/.test(userAgent)) {
        return known ? `geo:${place}?q=${place}(${encodeURIComponent(partner.name)})` : `geo:0,0?q=${words}`;
    }
    if (/iPhone|iPad|Macintosh/.test(userAgent)) {
        return `https://maps.apple.com/?daddr=${known ? place : words}`;
    }
    return known
        ? `https://www.openstreetmap.org/?mlat=${partner.latitude}&mlon=${partner.longitude}#map=16/${partner.latitude}/${partner.longitude}`
        : `https://www.openstreetmap.org/search?query=${words}`;
}
