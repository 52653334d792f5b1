"""`make look`: a picture of every page, light and dark, at the desk and on the phone, in the data folder under look/.

`tour` signs in as each person of the story and follows links, as they would. `table` opens every page of the table of
addresses, with what stands behind a fresh password, a mailed link or a step in between. What is not pictured is named, and
the command fails; so it does for a 5xx, a page wider than the screen, and a complaint in the console.
"""
