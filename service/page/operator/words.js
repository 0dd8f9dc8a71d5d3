// SPDX-License-Identifier: Apache-2.0
// What the operators' page says, in the first of the browser's languages that it knows.

const english = {
    title: "Dead letters",
    secret: "Operator's secret",
    signIn: "Sign in",
    signOut: "Sign out",
    topic: "Topic",
    reason: "Reason",
    show: "Show",
    none: "There are no dead letters.",
    shown: (/** @type {number} */ count) => `${count} dead letters, the newest first`,
    limited: (/** @type {number} */ count) => `The newest ${count} dead letters; there may be more`,
    refused: "This is no operator's secret.",
    away: "The service does not answer.",
    failed: (/** @type {string} */ detail) => `Not possible now: ${detail}`,
    gone: "It is not there any more.",
    columns: { id: "Id", reason: "Reason", topic: "Topic", offset: "Offset", created: "Since", message: "Message" },
    actions: "Actions",
    details: "Details",
    retry: "Retry",
    discard: "Discard",
    close: "Close",
    cancel: "Keep",
    detailsOf: (/** @type {number} */ id) => `Dead letter ${id}`,
    discardWhich: (/** @type {number} */ id) => `Discard dead letter ${id}?`,
    discardMeans: "It is removed for good. Export it before by: jobtrail dead-letters export",
    sent: (/** @type {number} */ id) => `Dead letter ${id}: its record was sent again.`,
    kept: (/** @type {number} */ id, /** @type {string} */ message) => `Dead letter ${id} is kept: ${message}`,
    discarded: (/** @type {number} */ id) => `Dead letter ${id} was discarded.`,
    facts: {
        topic: "Topic", partition: "Partition", offset: "Offset", timestamp: "Record's time", created: "Since",
        published: "Published", stage: "Stage", reason: "Reason", message: "Message", schema: "Schema looked for",
        decoded: "Says", notDecoded: "Cannot be read", key: "Key", keyHex: "Key (hex)", headers: "Headers",
        valueBytes: "Bytes", valueHex: "Value (hex)",
    },
};

/** @type {typeof english} */
const french = {
    title: "Lettres mortes",
    secret: "Secret de l’opérateur",
    signIn: "Se connecter",
    signOut: "Se déconnecter",
    topic: "Topic",
    reason: "Raison",
    show: "Afficher",
    none: "Il n’y a pas de lettre morte.",
    shown: (count) => `${count} lettres mortes, les plus récentes d’abord`,
    limited: (count) => `Les ${count} lettres mortes les plus récentes ; il peut y en avoir d’autres`,
    refused: "Ce n’est le secret d’aucun opérateur.",
    away: "Le service ne répond pas.",
    failed: (detail) => `Impossible pour l’instant : ${detail}`,
    gone: "Elle n’est plus là.",
    columns: { id: "Id", reason: "Raison", topic: "Topic", offset: "Offset", created: "Depuis", message: "Message" },
    actions: "Actions",
    details: "Détails",
    retry: "Renvoyer",
    discard: "Supprimer",
    close: "Fermer",
    cancel: "Garder",
    detailsOf: (id) => `Lettre morte ${id}`,
    discardWhich: (id) => `Supprimer la lettre morte ${id} ?`,
    discardMeans: "Elle disparaît pour de bon. Pour la garder ailleurs d’abord : jobtrail dead-letters export",
    sent: (id) => `Lettre morte ${id} : son enregistrement a été renvoyé.`,
    kept: (id, message) => `La lettre morte ${id} est gardée : ${message}`,
    discarded: (id) => `La lettre morte ${id} a été supprimée.`,
    facts: {
        topic: "Topic", partition: "Partition", offset: "Offset", timestamp: "Heure de l’enregistrement",
        created: "Depuis", published: "Publiée", stage: "Étape", reason: "Raison", message: "Message",
        schema: "Schéma cherché", decoded: "Contenu", notDecoded: "Illisible", key: "Clé", keyHex: "Clé (hex)",
        headers: "En-têtes", valueBytes: "Octets", valueHex: "Valeur (hex)",
    },
};

/** @type {Record<string, typeof english>} */
const known = { en: english, fr: french };

/** @param {readonly string[]} languages */
export function chooseLanguage(languages) {
    const codes = languages.map((tag) => tag.toLowerCase().split("-")[0] ?? "");
    return codes.find((code) => code in known) ?? "en";
}

/** @param {string} code */
export function wordsOf(code) {
    return known[code] ?? english;
}
