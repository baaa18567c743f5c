import { useEffect, useState } from 'preact/hooks';
import { hashOf, placeOf, type Place } from '../model/place.ts';

/** The place that the address names, as it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const read = () => setPlace(placeOf(location.hash));
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return place;
}

export function goTo(place: Place): void {
  location.hash = hashOf(place);
}

/** As `goTo`, without a step to go back by: for a filter that is being typed. */
export function replacePlace(place: Place): void {
  history.replaceState(null, '', hashOf(place));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
