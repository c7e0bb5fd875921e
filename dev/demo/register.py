"""The demo's customers as tables: one line each, columns as `dev.demo.customers` reads them.

number | name | street, postal code, town | business type or "-" | plan | credit limit | domain |
contacts "first last, job" (the first is the primary one, * gets order confirmations) | marks

Marks: trunk = cleared for trunks, home = residential, prospect, gone = deactivated, and a country
where it is not the partner's own. Streets and postal codes follow the pattern of the town; domains
end in .example; nobody here exists.
"""

from __future__ import annotations

NORDLYS = """
10017 | Björkvik Bygg AB | Kopparbergsvägen 10, 722 13, Västerås | Construction | B | 60000 | bjorkvik.example | Lars Björk, Managing director*; Petra Holm, Site manager | trunk
10023 | Fjällbäck Logistik AB | Rådhusgatan 44, 831 31, Östersund | Transport and logistics | B | 55000 | fjallback.example | Kerstin Fjäll, Operations manager*; Stefan Bäck, IT | trunk
10031 | Sundby Tandvård AB | Drottninggatan 16, 632 20, Eskilstuna | Health care | S | 20000 | sundbytand.example | Eva Sundby, Dentist; Malin Ros, Reception* |
10038 | Lindgren & Moberg Advokatbyrå AB | Birger Jarlsgatan 58, 114 29, Stockholm | Legal and accounting | B | 45000 | lindgrenmoberg.example | Cecilia Lindgren, Partner*; Johan Moberg, Partner | trunk
10042 | Havsbris Konsult AB | Norra Kungsgatan 14, 803 20, Gävle | Consulting | B | 40000 | havsbris.example | Annika Sandell, Director*; Jonas Wikner, IT | trunk
10044 | Havsgården Hotell AB | Strandgatan 8, 432 44, Varberg | Hotels and restaurants | S | 25000 | havsgarden.example | Bengt Alm, Hotel manager*; Sara Lind, Reception |
10047 | Kvarnholm Mekaniska AB | Slottsgatan 114, 602 22, Norrköping | Manufacturing | S | 35000 | kvarnholm.example | Rolf Kvarn, Works manager; Ulla Berg, Accounts* | trunk
10052 | Mälarö Bageri AB | Ekerövägen 21, 178 31, Ekerö | Retail | S | 8000 | malarobageri.example | Ingrid Falk, Owner* | prospect
10058 | Nordvik AB | Storgatan 30, 852 30, Sundsvall | Manufacturing | B | 50000 | nordvik.example | Henrik Nordvik, Managing director; Anja Sjö, IT* | trunk
10063 | Åkerlund Fastigheter AB | Engelbrektsgatan 7, 702 12, Örebro | Real estate | B | 30000 | akerlund.example | Mats Åkerlund, Property manager* | trunk
10066 | Söderhavs Marina AB | Skeppsbrogatan 2, 392 31, Kalmar | Transport and logistics | B | 30000 | soderhavsmarina.example | Karin Söder, Harbour master*; Nils Hav, Technician | trunk
10071 | Ölands Rökeri AB | Storgatan 4, 387 31, Borgholm | Retail | S | 10000 | olandsrokeri.example | Gunnar Öst, Owner | gone
10078 | Hansen Maritim AS | Strandkaien 16, 5013, Bergen | Transport and logistics | B | 40000 | hansenmaritim.example | Liv Hansen, Office manager* | NO trunk
10083 | Østerbro Klinik ApS | Østerbrogade 61, 2100, København | Health care | S | 15000 | osterbroklinik.example | Mette Holst, Clinic manager | DK prospect
10089 | Elbufer Spedition GmbH | Große Elbstraße 40, 22767, Hamburg | Transport and logistics | B | 20000 | elbufer.example | Uwe Harms, Branch manager | DE prospect
10097 | Weißmann Gartenbau GmbH | Holtenauer Straße 88, 24105, Kiel | Agriculture and fishing | S | 18000 | weissmann-garten.example | Dörte Weißmann, Owner* | DE
10102 | Harcastle & Pryor Ltd | 9 Grey Street, NE1 6AE, Newcastle | Legal and accounting | B | 20000 | harcastlepryor.example | Edwin Pryor, Partner | GB prospect
10108 | Tidewater Veterinary Ltd | 31 Wharf Road, HU1 1XA, Hull | Health care | S | 22000 | tidewatervet.example | Joan Tully, Practice manager* | GB
10113 | Eva Havström | Kyrkogårdsgatan 12, 753 10, Uppsala | - | S | 2500 | | | home
10115 | Granbo Förskola ek. för. | Skolgatan 5, 903 22, Umeå | Education | S | 12000 | granbo.example | Linnea Gran, Head*; Tom Eriksson, Board |
10119 | Torsten Nyqvist | Vasagatan 27, 722 15, Västerås | - | S | 2000 | | | home
10124 | Vinterhamn Shipping Oy | Linnankatu 33, 20100, Turku | Transport and logistics | S | 25000 | vinterhamn.example | Jukka Laine, Fleet manager | FI prospect
10127 | Norrsken Film & Ljud AB | Storgatan 51, 972 32, Luleå | Other | B | 28000 | norrskenfilm.example | Elin Aho, Producer* |
10131 | Silverdalens Vårdcentral AB | Kungsgatan 9, 352 30, Växjö | Health care | B | 70000 | silverdalen.example | Maria Dahl, Head of unit*; Peter Sand, IT | trunk
10134 | Anders & Maj-Britt Wallin | Björkgatan 3, 582 28, Linköping | - | S | 1500 | | | home
10138 | Kopparberga Redovisning HB | Åsgatan 22, 791 71, Falun | Legal and accounting | S | 15000 | kopparberga.example | Birgitta Strand, Partner* |
10141 | Tranemo Textil AB | Järnvägsgatan 6, 514 31, Tranemo | Manufacturing | S | 30000 | tranemotextil.example | Ove Karlsson, Managing director; Lisa Ågren, Purchasing* |
10146 | Gotlands Kalkbruk AB | Hamngatan 1, 621 57, Visby | Manufacturing | B | 45000 | gotlandskalk.example | Per Kalk, Works manager* | trunk
10150 | Brunnsparkens Restaurang AB | Östra Hamngatan 26, 411 09, Göteborg | Hotels and restaurants | S | 14000 | brunnsparken.example | Amir Nazari, Owner* |
10153 | Lova Sjögren | Stora Södergatan 18, 222 23, Lund | - | S | 2000 | | | home
10157 | Hedlunda Åkeri AB | Industrivägen 12, 541 34, Skövde | Transport and logistics | S | 26000 | hedlunda.example | Roger Hed, Owner; Susanne Hed, Accounts* | trunk
10160 | Skånska Odlarna ek. för. | Norra Vallgatan 70, 211 22, Malmö | Agriculture and fishing | B | 38000 | skanskaodlarna.example | Agneta Persson, Chair*; Filip Malm, IT |
10164 | Lilla Vasa Antikvariat | Vasagatan 9, 753 13, Uppsala | Retail | S | 5000 | lillavasa.example | Sten Ros, Owner | gone
10168 | Jönsta Golfklubb | Jönstavägen 1, 553 16, Jönköping | Other | S | 16000 | jonstagk.example | Camilla Ek, Club manager* |
10172 | Kiruna Gruvteknik AB | Hjalmar Lundbohmsvägen 42, 981 31, Kiruna | Manufacturing | B | 90000 | kirunagruvteknik.example | Antti Niemi, IT manager*; Sofia Lahti, Purchasing | trunk
10175 | Margareta Öhman | Kungsgatan 11, 652 24, Karlstad | - | S | 1500 | | | home gone
10179 | Nyköpings Kulturskola | Västra Kvarngatan 62, 611 32, Nyköping | Public sector | B | 32000 | kulturskolan-nk.example | Hanna Frid, Head*; Olof Lind, Janitor |
10183 | Halmstads Plåt & Ventilation AB | Slottsgatan 19, 302 43, Halmstad | Construction | S | 20000 | hplat.example | Kent Olsson, Owner* |
"""

BRUECKNER = """
20003 | Alsterblick Immobilien GmbH | Jungfernstieg 12, 20354, Hamburg | Real estate | B | 6000 | alsterblick.example | Sabine Vogt, Geschäftsführerin*; Nico Brandt, IT | trunk
20007 | Bäckerei Hansen & Söhne GmbH | Eppendorfer Weg 71, 20259, Hamburg | Retail | S | 1800 | hansen-backt.example | Peter Hansen, Inhaber* |
20011 | Grünwald Steuerberatung PartG mbB | Königstraße 18, 23552, Lübeck | Legal and accounting | B | 4000 | gruenwald-stb.example | Monika Grünwald, Steuerberaterin*; Dirk Paulsen, Kanzlei | trunk
20014 | Deichwerk Energie GmbH | Hafenstraße 3, 25813, Husum | Manufacturing | B | 9000 | deichwerk.example | Thies Petersen, Leiter IT*; Wiebke Lorenz, Einkauf | trunk
20018 | Praxis Dr. Yılmaz | Wandsbeker Chaussee 120, 22089, Hamburg | Health care | S | 2500 | praxis-yilmaz.example | Elif Yılmaz, Ärztin; Jana Roth, Empfang* |
20021 | Holzbau Petersen KG | Mühlenweg 6, 24768, Rendsburg | Construction | S | 3000 | holzbau-petersen.example | Hauke Petersen, Inhaber* |
20024 | Gerda Lindemann | Lange Reihe 44, 20099, Hamburg | - | S | 250 | | | home
20028 | Hotel Seeadler GmbH & Co. KG | Strandpromenade 31, 23669, Timmendorfer Strand | Hotels and restaurants | B | 5000 | hotel-seeadler.example | Frauke Behrens, Direktorin*; Marco Lenz, Technik | trunk
20031 | Kolbe Medizintechnik GmbH | Lindenstraße 77, 30159, Hannover | Manufacturing | B | 8000 | kolbe-med.example | Andrea Kolbe, Geschäftsführerin*; Sven Otto, IT |
20035 | Spedition Wattmeer GmbH | Am Handelshafen 9, 27570, Bremerhaven | Transport and logistics | B | 7000 | wattmeer-spedition.example | Jörg Ahrens, Disposition*; Ines Meyer, Buchhaltung | trunk
20038 | Tischlerei Böhm | Schulstraße 2, 21335, Lüneburg | Construction | S | 1500 | tischlerei-boehm.example | Karl Böhm, Meister | prospect
20041 | Heinrich und Ute Sander | Ahornweg 15, 22395, Hamburg | - | S | 200 | | | home
20045 | Nordkanzlei Rechtsanwälte | Domshof 21, 28195, Bremen | Legal and accounting | B | 4500 | nordkanzlei.example | Katrin Ebeling, Rechtsanwältin*; Tim Voss, Büro |
20048 | Kita Pusteblume e. V. | Osterstraße 130, 20255, Hamburg | Education | S | 1200 | kita-pusteblume.example | Silke Marx, Leitung* |
20052 | Autohaus Rickmers GmbH | Kieler Straße 210, 22525, Hamburg | Retail | B | 5500 | autohaus-rickmers.example | Boris Rickmers, Verkaufsleiter*; Anke Jahn, Empfang | trunk
20055 | Obsthof Altes Land GbR | Am Deich 88, 21723, Hollern-Twielenfleth | Agriculture and fishing | S | 2000 | obsthof-altesland.example | Heike Quast, Inhaberin* |
20059 | Werft Niehus AG | Werftstraße 1, 24143, Kiel | Manufacturing | B | 12000 | werft-niehus.example | Gerd Niehus, Vorstand; Olaf Thom, IT* | trunk
20062 | Physio am Markt | Markt 5, 23966, Wismar | Health care | S | 1400 | physio-markt.example | Beate Krüger, Inhaberin* |
20066 | Lars Friedrichsen | Norderstraße 60, 24939, Flensburg | - | S | 300 | | | home
20069 | Druckerei Satz & Papier GmbH | Rothenbaumchaussee 96, 20148, Hamburg | Manufacturing | S | 2500 | satzundpapier.example | Renate Wolf, Leitung* | gone
20073 | Musikschule Klangwerk | Bahnhofstraße 14, 21073, Hamburg | Education | S | 1600 | klangwerk.example | Anton Reuter, Leiter* |
20076 | Stadtwerke Elmshagen GmbH | Rathausplatz 2, 25335, Elmshorn | Public sector | B | 15000 | sw-elmshagen.example | Ulrike Jensen, Leiterin IT*; Bernd Krause, Einkauf | trunk
20080 | Reederei Tammen GmbH & Co. KG | Große Bergstraße 251, 22767, Hamburg | Transport and logistics | B | 10000 | reederei-tammen.example | Focko Tammen, Geschäftsführer; Nina Albers, IT* | trunk
20083 | Café Kaiserspeicher | Am Sandtorkai 36, 20457, Hamburg | Hotels and restaurants | S | 900 | kaiserspeicher.example | Daria Novak, Inhaberin | prospect
20087 | Gartencenter Ohlsen GmbH | Segeberger Chaussee 40, 22850, Norderstedt | Retail | S | 2800 | gartencenter-ohlsen.example | Maike Ohlsen, Filialleiterin* |
20090 | Irmgard Pohlmann | Hauptstraße 9, 21465, Reinbek | - | S | 200 | | | home gone
20094 | Ingenieurbüro Statik Plus | Kaiser-Wilhelm-Straße 50, 20355, Hamburg | Consulting | B | 3500 | statik-plus.example | Oliver Funk, Partner*; Lea Stein, Assistenz |
20097 | Fischräucherei Boysen | Hafenweg 4, 25746, Heide | Retail | S | 1000 | boysen-fisch.example | Momme Boysen, Inhaber | prospect
20101 | Pflegedienst Herzlich GmbH | Hamburger Straße 152, 22083, Hamburg | Health care | B | 4200 | pflege-herzlich.example | Zeynep Aydın, Pflegeleitung*; Rolf Timm, Büro |
20104 | Sportverein Blau-Weiß 09 e. V. | Stadionring 1, 22111, Hamburg | Other | S | 800 | bw09.example | Kai Wegner, Vorsitzender* |
20108 | Uhlenhorst Architekten PartG mbB | Papenhuder Straße 31, 22087, Hamburg | Consulting | S | 3200 | uhlenhorst-arch.example | Franziska Hahn, Partnerin* |
20112 | Maschinenbau Dreyer GmbH | Industriestraße 18, 31137, Hildesheim | Manufacturing | B | 9500 | dreyer-mb.example | Walter Dreyer, Geschäftsführer; Simon Beck, IT* | trunk
"""

HARBOUR = """
H2001 | Avonmead Solicitors LLP | 14 Queen Square, BS1 4NT, Bristol | Legal and accounting | B | 5000 | avonmead.example | Helena Frost, Partner*; Ben Ashby, IT | trunk
H2004 | Bramley & Rook Estate Agents | 3 Whiteladies Road, BS8 1PD, Bristol | Real estate | S | 2500 | bramleyrook.example | Nadia Rook, Director*; Paul Bramley, Director |
H2008 | Clifton Downs Dental Practice | 27 Pembroke Road, BS8 3BB, Bristol | Health care | S | 1800 | cliftondowns.example | Anjali Mehta, Dentist; Gail Turner, Reception* |
H2011 | Severnside Freight Ltd | Unit 6 Dock Gate, BS11 9FE, Avonmouth | Transport and logistics | B | 7500 | severnsidefreight.example | Colin Harper, Operations*; Tracy Webb, Accounts | trunk
H2015 | Old Mill Brewery Company Ltd | The Maltings, BA5 2TT, Wells | Manufacturing | B | 4000 | oldmillbrewery.example | Rory Maltby, Head brewer; Sue Dyer, Office* |
H2018 | Margaret Ellison | 8 Orchard Close, BS21 7QA, Clevedon | - | S | 200 | | | home
H2022 | Tamar Valley Growers Ltd | Ferry Lane, PL19 8DX, Tavistock | Agriculture and fishing | S | 2200 | tamargrowers.example | Jo Penrose, Manager* |
H2025 | Quantock Primary Academy Trust | School Lane, TA1 3DN, Taunton | Education | B | 8000 | quantocktrust.example | Simon Leigh, Business manager*; Amy Kerr, IT | trunk
H2029 | Brunel Engineering Services Ltd | 55 Station Approach, SN1 1QZ, Swindon | Manufacturing | B | 9000 | bruneleng.example | Derek Vaughan, Director; Lucy Hart, IT* | trunk
H2032 | The Lantern Hotel (Bath) Ltd | 11 Pulteney Row, BA2 4BR, Bath | Hotels and restaurants | B | 5500 | lanternhotel.example | Isabel Crane, General manager*; Toby Wynn, Facilities | trunk
H2036 | Wyvern Accountancy Ltd | 40 King Street, GL1 2ER, Gloucester | Legal and accounting | S | 3000 | wyvernaccountancy.example | Martin Pike, Partner* |
H2039 | Thomas Adeyemi | 62 Coronation Avenue, BS31 2PF, Keynsham | - | S | 250 | | | home
H2043 | Pennant Marine Insurance Brokers Ltd | 2 Harbourside, CF10 4PA, Cardiff | Consulting | B | 6500 | pennantmarine.example | Gwen Pritchard, Managing director*; Rhys Owen, IT | trunk
H2046 | Little Acorns Nursery | 19 Church Street, BS48 1HZ, Nailsea | Education | S | 900 | littleacorns.example | Kelly Marsden, Manager* |
H2050 | Cotswold Stone & Slate Ltd | Quarry Road, GL7 1JX, Cirencester | Construction | S | 2800 | cotswoldslate.example | Ian Fletcher, Owner* |
H2053 | Mendip Veterinary Group Ltd | 7 Market Place, BA4 5AZ, Shepton Mallet | Health care | B | 4800 | mendipvets.example | Fiona Grant, Practice manager*; Luke Shaw, IT |
H2057 | Exe Cycle Hire CIC | 1 Canal Basin, EX2 8DU, Exeter | Other | S | 700 | execycles.example | Dan Okafor, Coordinator | prospect
H2060 | Portishead Yacht Club | The Marina, BS20 7DF, Portishead | Other | S | 1500 | portisheadyc.example | Wendy Clarke, Secretary* |
H2064 | Kingsmead Care Homes Ltd | 88 Wells Road, BA2 3JP, Bath | Health care | B | 10000 | kingsmeadcare.example | Patricia Lowe, Director*; Imran Shah, IT | trunk
H2067 | Greenbank Print Works Ltd | 23 Fishponds Road, BS5 6SA, Bristol | Manufacturing | S | 1600 | greenbankprint.example | Owen Fry, Owner | gone
H2071 | Doreen Whitcombe | 4 Mill View, TA6 5HQ, Bridgwater | - | S | 150 | | | home gone
H2074 | Sable & Finch Interiors Ltd | 9 Royal Parade, GL50 1NN, Cheltenham | Retail | S | 2000 | sablefinch.example | Chloe Finch, Director* |
H2078 | Westgate Motor Company Ltd | 130 Bath Road, BS4 3ED, Bristol | Retail | B | 5200 | westgatemotor.example | Gary Stubbs, Sales manager*; Nina Holt, Reception | trunk
H2081 | Dartmoor Dairy Co-operative Ltd | Moor Gate, PL20 6SG, Princetown | Agriculture and fishing | S | 3500 | dartmoordairy.example | Ruth Yelland, Secretary* |
H2085 | Newfoundland Film Studios Ltd | Studio 4, BS3 1DB, Bristol | Other | B | 6000 | newfoundlandfilm.example | Mia Santos, Producer*; Alan Reid, Technician |
H2088 | Stroud Valleys Housing Association | Ebley Wharf, GL5 4UB, Stroud | Public sector | B | 12000 | stroudhousing.example | Geraint Hughes, IT manager*; Beth Cole, Procurement | trunk
H2092 | Harbourfront Chiropractic Clinic | 5 Narrow Quay, BS1 4QA, Bristol | Health care | S | 1300 | harbourfrontchiro.example | Lena Ostrowska, Owner | prospect
H2095 | Peter and Joyce Hallett | 21 Beach Road, BS23 1BG, Weston-super-Mare | - | S | 200 | | | home
H2099 | Malmesbury Timber Merchants Ltd | The Yard, SN16 9JR, Malmesbury | Construction | S | 2600 | malmesburytimber.example | Keith Barrow, Manager*; Jill Rose, Accounts |
H2102 | Arnos Court Conference Centre Ltd | 470 Bath Road, BS4 3HQ, Bristol | Hotels and restaurants | B | 8500 | arnoscentre.example | Victor Lang, Director*; Holly Dean, Events | trunk
H2106 | Blackdown Wind Ltd | Castle Hill, EX14 1PA, Honiton | Manufacturing | S | 4000 | blackdownwind.example | Freya Stone, Site manager | prospect
H2110 | St Aldhelm's Parish Council | The Old Rectory, DT9 3AU, Sherborne | Public sector | S | 1000 | staldhelms.example | Rosemary Vine, Clerk* |
"""

# Sites beside the postal address: customer number -> (name, street, postal code, town).
SITES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "10042": (
        ("Gävle, head office", "Norra Kungsgatan 14", "803 20", "Gävle"),
        ("Stockholm", "Sveavägen 88", "113 59", "Stockholm"),
    ),
    "10017": (("Västerås yard", "Saltängsvägen 30", "721 32", "Västerås"),),
    "10023": (
        ("Östersund terminal", "Fagerbacken 12", "831 62", "Östersund"),
        ("Sundsvall terminal", "Hamnvägen 5", "852 29", "Sundsvall"),
    ),
    "10058": (("Sundsvall works", "Bultgatan 3", "853 50", "Sundsvall"),),
    "10066": (("Guest harbour", "Ölandshamnen 1", "392 31", "Kalmar"),),
    "10131": (
        ("Växjö", "Kungsgatan 9", "352 30", "Växjö"),
        ("Alvesta branch", "Centralplan 2", "342 30", "Alvesta"),
    ),
    "10172": (("Mine, surface building", "Gruvvägen 1", "981 38", "Kiruna"),),
    "20003": (("Hamburg, Zentrale", "Jungfernstieg 12", "20354", "Hamburg"),),
    "20014": (("Husum, Betriebshof", "Hafenstraße 3", "25813", "Husum"),),
    "20059": (("Kiel, Halle 3", "Werftstraße 1", "24143", "Kiel"),),
    "20076": (("Rathaus", "Rathausplatz 2", "25335", "Elmshorn"),),
    "H2011": (("Avonmouth depot", "Unit 6 Dock Gate", "BS11 9FE", "Avonmouth"),),
    "H2029": (("Swindon works", "55 Station Approach", "SN1 1QZ", "Swindon"),),
    "H2064": (
        ("Kingsmead House", "88 Wells Road", "BA2 3JP", "Bath"),
        ("Lansdown Lodge", "6 Lansdown Grove", "BA1 5EN", "Bath"),
    ),
}

# The customers assigned to the technician of Nordlys.
ASSIGNED = ("10042", "10044", "10017", "10066", "10113", "10172")
