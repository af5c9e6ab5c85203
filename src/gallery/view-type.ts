// The gallery's name in package.json.
export const galleryViewType = 'anomalyClustering.gallery';
