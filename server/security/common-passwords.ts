// What people choose when they do not think: tried first by whoever guesses, alone, doubled or with a few signs around it.
const WORDS = new Set(
  `
  access account action admin adminadmin administrator adobe alexander alexandra alexis amanda america american anderson
  andrea andrew andromeda angel angela angels animal anthony apollo apple apples april arsenal arthur asshole atlanta
  august austin azerty bailey banana bananas bandit barcelona barney baseball basketball batman beautiful beaver beavis
  bella benjamin berlin bestfriend bigboy bigdaddy bigdick bigdog bigmac bigtits billy birthday biteme bitch blackie
  blahblah blazer blessed blessing blink blonde blondie blowjob blowme bonnie booboo booger boomer boston brandon brandy
  brasil braves brazil breanna brittany broncos brooklyn bronco brother brownie bubba buddy buffalo bulldog bullshit
  buster butter butterfly butthead caitlin california calvin camaro cameron canada captain carlos caroline carolina
  carter casper cassie celtic center chance change changeit changeme changeme charles charlie charlotte cheese chelsea
  cherry chester chevy chicago chicken chocolate chris christ christian christina christine christopher chrome church
  claire claudia cocacola cocktail coffee college comeon compaq computer connect control cookie cookies cool cooper
  corvette cowboy cowboys creative cricket crystal cumshot curtis daddy dakota dallas daniel daniela danielle darkness
  darkside database david death debbie default december defender deftones delta demo denise dennis denver deskjet desire
  destiny detroit devil diablo diamond dickhead dilbert director disney doctor dodgers doggie dolphin dolphins domino
  donald dragon dragons dreamer dreams driver ducati eagle eagles eclipse edward einstein elephant elizabeth emily eminem
  emmanuel energy england enter enterprise eric erotic everton excalibur explorer extreme facebook falcon family fantasy
  felix fender ferrari fireball firebird firefox fireman firewall fish fishing flower flowers florida flyers football
  forest forever formula france francis frank frankie franklin fred freddy freedom friday friend friends froggy fuck
  fucker fuckface fucking fuckme fuckoff fuckyou gabriel galaxy gandalf garfield gateway gemini general genesis george
  german germany giants gibson ginger girls goddess godfather godzilla golden golfer good google gordon grandma green
  gregory guest guitar gunner hallo hammer hannah happy hardcore harley harrison harry hawaii heather heaven heineken
  hello helpme hockey holiday homer honda hooters horny horses hotdog hotmail hotrod hottie house houston hunter
  hunting iceman idontknow illusion iloveu iloveyou indian infinity instagram internet ironman isabella iverson jackass
  jackie jackson jaguar jake james january jasmine jason jasper jeffrey jennifer jeremy jessica jessie jesus johnny
  johnson jonathan jordan joseph joshua julia junior jupiter justin kathleen katrina kawasaki kelly kermit killer
  kimberly king kitten kitty knight kristina ladies lakers lauren leather legend leonardo letmein letmeinn leslie
  liberty lifehack lincoln linkedin linux little liverpool lizard login logitech london looking lorenzo love loveme lover
  lovers loveyou lucky madison maggie magic magnum manager manchester marina marine marines mario mark marlboro marley
  marlin marshall martha martin marvin master matrix matthew maverick maxwell megan melissa member mercedes mercury
  merlin metallica mexico miami michael michelle microsoft midnight mike miller mistress modem mohammed molly monday
  money monkey monster montana morgan morning mother motorola mountain muffin murphy mustang myspace nascar nathan
  naughty ncc1701 newpass newyork nicholas nicole nintendo nirvana nissan nothing november number oliver olivia online
  orange orlando packers pakistan pamela panther panthers paradise paris parker pass passport passw0rd password passwords
  patricia patrick peaches peanut pepper perfect phantom phoenix photos picasso pictures pirate platinum playboy player
  please poiuytrewq pokemon police poohbear pookie popcorn porsche power precious princess private prince public pumpkin
  purple pussy qwerty qwertz rabbit rachel racing raiders rainbow ranger rangers raymond rebecca redskins redsox redwings
  remember reynolds richard robert robotech rocket rocky rockstar rosebud rootroot root runner rush2112 russia sabrina
  saints salasana samantha sammy samsung samuel sandra saturn scarface school scooby scooter scorpio scorpion scotland
  scott secret security senha sergey service session sex sexy sexsex shadow shannon shaved shelby shithead sierra silver
  simple simpsons skater skippy slayer slipknot smokey snickers snoopy snowball snowboard soccer softball soleil
  spanky sparky special spencer spider spiderman spring squirt srinivas stanley star startrek starwars stealth steelers
  stella stephanie steven sterling student success summer sunday sunflower sunshine super superman superstar supervisor
  support surfer susan suzuki swimming swordfish sydney sysadmin system target taylor teacher teens temp tennessee tennis
  teresa test tester testing testpass thailand thomas thumper thunder tiffany tiger tigers tigger tinkerbell titanic
  toor tomcat toyota trellis travis trinity trooper trouble trustno trustno1 tucker turtle twilight twitter ultimate
  undertaker united unknown user username vagina valentina vampire vanessa veronica victor victoria victory video viking
  vikings vincent virginia volcano voodoo voyager walter warcraft warrior warriors wasted webmaster welcome westside
  whatever whatsup wildcats william williams willow wilson windows winner winston winter wizard wolfgang wolves wonder
  woody wordpass wrestling xavier xxxx yamaha yankee yankees yellow zaphod zeppelin zopezope
  hallowelt passwort geheim motdepasse bonjour soleil azertyuiop contrasena contraseña hola teamo mierda estrella
  minecraft mypassword babygirl godisgood jesuschrist naruto ncc1701d fortnite roblox
  parola ciaociao juventus wachtwoord welkom haslo heslo heslo polska parol privet lozinka iloveyouu sifre
  corazon chocolat doudou jetaime loulou nicolas schatz schalke sommer ficken frankfurt dortmund bayern arschloch
  `
    .trim()
    .split(/\s+/),
);

// Ways along a keyboard or an alphabet; a password that only walks along these is no secret.
const WALKS = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop[]',
  'asdfghjkl;',
  'zxcvbnm,./',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.',
  '1qazxsw23edcvfr4',
  'zaq12wsxcde34rfv',
  'zaq1xsw2cde3vfr4',
  'qazwsxedcrfvtgbyhnujm',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'qweasdzxc',
  'a1s2d3f4g5h6',
  'a1b2c3d4e5f6',
  '1a2b3c4d5e6f',
  '789456123',
  '10203040506070',
  '11223344556677889900',
  '159753456852',
  '741852963',
  '123654789',
  '12344321',
  '0147258369',
].flatMap((walk) => [walk, [...walk].reverse().join('')]);
const LONGEST_WALK = Math.max(...WALKS.map((walk) => walk.length));

const LONGEST_REPETITION = 24;
const SHORTEST_STEP = 3;
const MOST_STEPS = 4;
const MOST_SIGNS_BESIDE_WALK = 2;
const MOST_SIGNS_AROUND_WORD = 5;

const SHIFTED = '!@#$%^&*()';
const UNSHIFTED = '1234567890';
const LEET = '013457@$!';
const LETTERS = 'oieastasi';

/** Whether a password is among those that are guessed first; `further` adds words that this person would be guessed by. */
export function isCommonPassword(password: string, further: readonly string[] = []): boolean {
  const text = password.toLowerCase();
  const isKnown = (word: string) => WORDS.has(word) || further.some((known) => known.toLowerCase() === word);
  return isRepetition(text) || isWalk(replaceSigns(text, SHIFTED, UNSHIFTED)) || isWord(text, isKnown);
}

/** One to four characters again and again, or a known word twice: "aaaaaaaa", "abcabcabc", "testtest". */
function isRepetition(text: string): boolean {
  if (text.length > LONGEST_REPETITION) return false;
  for (let length = 1; length <= text.length / 2; length += 1) {
    const unit = text.slice(0, length);
    const mayRepeat = length <= 4 || WORDS.has(unit);
    if (mayRepeat && unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return true;
  }
  return false;
}

/** Steps along the keyboard or an alphabet, with at most two signs beside them: "1234qwer", "asdfghjkl1". */
function isWalk(text: string): boolean {
  for (let before = 0; before <= MOST_SIGNS_BESIDE_WALK; before += 1) {
    if (walksOn(text.slice(before), MOST_STEPS, MOST_SIGNS_BESIDE_WALK - before)) return true;
  }
  return false;
}

function walksOn(text: string, stepsLeft: number, signsLeft: number): boolean {
  if (text.length <= signsLeft) return true;
  if (stepsLeft === 0) return false;
  for (let length = Math.min(text.length, LONGEST_WALK); length >= SHORTEST_STEP; length -= 1) {
    const step = text.slice(0, length);
    if (WALKS.some((walk) => walk.includes(step)) && walksOn(text.slice(length), stepsLeft - 1, signsLeft)) return true;
  }
  return false;
}

/** A known word, its letters perhaps replaced by digits, with a few digits and signs around it: "P@ssw0rd2024!". */
function isWord(text: string, isKnown: (word: string) => boolean): boolean {
  if (isKnown(text)) return true;
  const word = text.replace(/^\P{L}+/u, '').replace(/\P{L}+$/u, '');
  if (text.length - word.length > MOST_SIGNS_AROUND_WORD) return false;
  return isKnown(word) || isKnown(replaceSigns(word, LEET, LETTERS));
}

function replaceSigns(text: string, from: string, to: string): string {
  return [...text].map((sign) => to[from.indexOf(sign)] ?? sign).join('');
}
