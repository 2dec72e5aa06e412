/** Istio manifests without a Gateway do not say where admitted requests go; for judging them any place will do. */
export const ANY_UPSTREAM = 'http://127.0.0.1:80';
