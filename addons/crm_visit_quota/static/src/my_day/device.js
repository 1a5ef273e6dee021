import { browser } from "@web/core/browser/browser";

const POSITION_MS = 8_000;
const PHOTO_SIDE = 1600;
const ERRORS = { 1: "denied", 2: "unavailable", 3: "timeout" };

/** Where the device is now: { position: { latitude, longitude, accuracy in m, age in s } } or { error }. Never fails. */
export function askPosition() {
    const geolocation = browser.navigator.geolocation;
    if (!geolocation) {
        return Promise.resolve({ position: null, error: "unavailable" });
    }
    return new Promise((resolve) => {
        const giveUp = browser.setTimeout(() => resolve({ position: null, error: "timeout" }), POSITION_MS + 1_000);
        geolocation.getCurrentPosition(
            ({ coords, timestamp }) => {
                browser.clearTimeout(giveUp);
                const age = Math.max(0, (Date.now() - timestamp) / 1000);
                const { latitude, longitude, accuracy } = coords;
                resolve({ position: { latitude, longitude, accuracy, age }, error: null });
            },
            (error) => {
                browser.clearTimeout(giveUp);
                resolve({ position: null, error: ERRORS[error.code] || "unavailable" });
            },
            { enableHighAccuracy: true, timeout: POSITION_MS, maximumAge: 30_000 }
        );
    });
}

/** The photo as base64 of a JPEG of at most 1600 px a side: a few hundred kB. */
export async function shrinkPhoto(file) {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, PHOTO_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
}
