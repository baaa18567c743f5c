import { useEffect, useState } from 'preact/hooks';
import { serverNow } from './serverClock.ts';

/** The app's time, epoch ms, told anew every second while the page is seen. */
export function useNow(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(serverNow());
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
