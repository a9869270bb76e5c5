/** Who can see a dataset, and the links to it. */
export interface Person {
  who: string;
  may: 'own' | 'view' | 'edit' | 'share';
  how: string;
  email?: string;
}
export interface ShareLink {
  link_id: number;
  name: string;
  audience: 'anyone' | 'signed-in' | 'person';
  email: string;
  origin: string;
  expires_at: string;
  use_count: number;
}
export interface NewShareLink extends ShareLink {
  address: string;
}
export interface Sharing {
  who: string;
  can_share: boolean;
  mode: 'private' | 'organization' | 'public';
  mode_action: string;
  organization: string;
  people: Person[];
  links: ShareLink[];
}
export interface Invitation {
  email: string;
  action: string;
}
export interface ShareRequest {
  mode: string;
  mode_action: string;
  invited_users: Invitation[];
}
export interface LinkRequest {
  days: number;
  audience: string;
  email?: string;
}
