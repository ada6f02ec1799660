"""A run -> its repository on the Hub; an adapter -> the folder that the app loads."""
