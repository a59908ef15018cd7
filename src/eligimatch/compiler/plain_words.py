"""Plain words: what of everyday language names no disease, treatment, test, substance or part of the body."""

from __future__ import annotations

from eligimatch.model.words import folded

PLAIN = frozenset(
    folded(
        # when, how long, how often
        "time date day night week month year hour period interval duration length lifetime moment point start starting beginning end ending onset "
        "initiation completion completing completed episode frequency frequently regularly regular routinely routine usually rapidly rapid "
        "immediately immediate initially initial initiate initiated next first second third last final previous previously prior earlier later "
        "subsequently subsequent following followed follow future current currently now recent recently recurrently consecutive every daily weekly "
        "monthly yearly january february march april june july august september october november december continued continue continuing continues "
        "continuous prolonged extended long longer short shorter sudden suddenly already again while during until once twice "
        # where, how much, which
        "area region field place location side level part portion section position origin border margin edge centre center distance near close "
        "outside inside within beyond above below under over upper lower middle main entire whole full total complete completely partly size "
        "diameter extent degree amount number count quantity volume range limit maximum minimum minimal high higher highest low lowest greater "
        "larger largest smaller more most less least fewer than at up down out off across along around between among each other another both either "
        "same similar different various several many few additional further extra single multiple double whichever type kind category class "
        "classification subtype form version variant pattern group subgroup cohort stage severity intensity grade trace "
        # what people do, and who does it
        "use used using user taking taken take given giving give received receiving receive provided provide done made make making perform "
        "performed conducted placed placement placing put obtain obtained collected collection measured measuring assess assessed assessing "
        "evaluated evaluating determine determined determining found noted seen observed described reported report documented document considered "
        "consider reviewed review discussed discussion consult consultation referred refer included include including excluded exclude listed "
        "mentioned defined stated specified designated assigned selected selection chosen choice required require requirement needed need necessary "
        "recommended recommend allowed allow permitted accepted acceptable approved approval available eligible indicated intended intent intention "
        "planned planning plan scheduled schedule prescribed managed manage management maintained maintain maintaining achieved achieve achieving "
        "reached developed develop developing development presented presenting presentation occurred occur occurring occurrence resulted resulting "
        "caused causing cause leading led lead associated related relating involving involved affecting affect affected impacting impact "
        "influencing influence interfering interfere changing changed change modified modification altered alter adjusted adjustment increased "
        "increasing increase reduced reducing reduction decreased decreasing decrease improved improving improvement prevent preventing prevention "
        "avoid avoiding control controlling controlled support supporting help stop stopping stopped discontinued discontinue discontinuation "
        "switched switch resumed started begin begun undergo undergoing participate participating participation enrolled enrollment enroll "
        "registered attending attend seeking seek engaged engage meet meeting met qualify qualifying apply applies applicable confirm confirmed "
        "confirming suggest suggesting suggestive suspicious compatible consistent identified detected detection discovered compared comparing "
        "contain containing contained remaining remain remained expected expect anticipated proposed permitting assist physician investigator "
        "clinician doctor provider surgeon oncologist sponsor nurse caregiver parent partner staff team person people population clinic hospital "
        "institution institute university department office home facility community country "
        "yet surgical clinical medical diagnostic therapeutic test tested testing exam examination examine visit appointment referral screen "
        "screened screening scan imaging sample brief pre post non based heal healed healing cycle component fraction frame timing separately "
        "preferred counted utilized utilizing conventional sequentially isolated discrete sustained delay delayed regarding regarded thereof "
        "recruited accompanied attendance often focused dimension alternate respect enough best attempt addressed exclusive prescription "
        "regulated ensure content eligibility exclusion inclusion primary secondary diagnosis diagnosed ineligible submit submitted "
        "submission visualized accessible feasible amenable reachable curable "
        # of what it is said
        "study trial research protocol site treating treat care practice setting service experience evidence information indication purpose reason "
        "basis opinion discretion judgment assessment evaluation measurement determination confirmation documentation definition guideline standard "
        "criterion rule recommendation strategy approach method modality option program procedure activity exposure contact access administration "
        "dosage delivery distribution application removal combination addition association relation response effect effective result outcome "
        "finding feature characteristic manifestation appearance quality nature status state condition risk likelihood potential possible possibly "
        "probable likely unlikely unknown uncertain ability inability able unable difficulty interest question list item record significance "
        "importance significantly important relevant appropriate adequate suitable safe safety benefit beneficial limiting limited primarily mainly "
        "stain staining stained membrane membranous nuclear cytoplasmic cell specimen sample slide block assay kit panel "
        "mostly predominantly predominant typically specifically specific particular special general original natural common rare usual unusual "
        "clear clearly apparent obvious evident despite where when who whom which what whether because since although though however also only even "
        "just so such too very highly well may can could would might should do does did has have had having be been being is are was were they them "
        "their it its we our you your us this that these those there here he she his her if then else as by for from in into of on onto or and the "
        "to with upon via per plus versus suppressive "
    )
)
