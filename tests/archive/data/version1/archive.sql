BEGIN TRANSACTION;
CREATE TABLE batches (
	id TEXT NOT NULL, 
	source TEXT NOT NULL, 
	opened_at TEXT NOT NULL, 
	closed_at TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "batches" VALUES('BAT-2026-0001','delivery','2026-11-25T01:15:00.796067Z','2026-11-25T01:15:01.185387Z');
INSERT INTO "batches" VALUES('BAT-2026-0002','second delivery','2026-11-25T01:15:01.209395Z',NULL);
CREATE TABLE cases (
	id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "cases" VALUES('QAN-0001','Ахметов','');
INSERT INTO "cases" VALUES('QAN-0002','','');
CREATE TABLE checkpoints (
	size BIGINT NOT NULL, 
	body TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (size)
);
INSERT INTO "checkpoints" VALUES(14,'aigaq-archive/b2d007d4862b816f8be45abf098745d1
14
yv8RV2QapSchDDvtGU29gpTJGPWxYUbgsLUWuLi+uxo=
','2026-11-25T01:15:01.185387Z');
CREATE TABLE counters (
	name TEXT NOT NULL, 
	last BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('batch-2026',2);
INSERT INTO "counters" VALUES('item-2026',6);
CREATE TABLE derivatives (
	event BIGINT NOT NULL, 
	position INTEGER NOT NULL, 
	item TEXT NOT NULL, 
	role TEXT NOT NULL, 
	page INTEGER, 
	digest TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	media_type TEXT NOT NULL, 
	tool TEXT NOT NULL, 
	version TEXT NOT NULL, 
	source TEXT NOT NULL, 
	made_at TEXT NOT NULL, 
	PRIMARY KEY (event, position), 
	FOREIGN KEY(event) REFERENCES events (sequence), 
	FOREIGN KEY(item) REFERENCES items (accession)
);
INSERT INTO "derivatives" VALUES(9,0,'ARC-2026-000001','word-boxes',1,'sha256:dba36bffa5cab0f922d087a3aeb179f9d4e745df40b323e1b1471402848c8a3e',5,'text/plain','tesseract','5.3.0','sha256:c500896de4234cf95ca3a742bf61316470cd04aa82df11b95592d65db411f992','2026-11-25T01:15:01.109368Z');
INSERT INTO "derivatives" VALUES(16,0,'ARC-2026-000005','word-boxes',1,'sha256:3e45fa2774f55d0e3ee630affbadf054409f81c8ee4085bdd70aaedc24cfc87b',11,'text/plain','tesseract','5.3.0','sha256:3920fdc24c71dd75a7fe39e15d412b6a5b82c45fed996c62c11ebb5775ddeecf','2026-11-25T01:15:01.292377Z');
INSERT INTO "derivatives" VALUES(18,0,'ARC-2026-000005','word-boxes',1,'sha256:424cee0ccdf0f88fc7221ad70962f7a12bb77ce88f9451f9f83a0aaa72e927c2',12,'text/plain','tesseract','5.3.0','sha256:3920fdc24c71dd75a7fe39e15d412b6a5b82c45fed996c62c11ebb5775ddeecf','2026-11-25T01:15:01.361860Z');
CREATE TABLE details (
	sequence BIGINT NOT NULL, 
	salt BLOB NOT NULL, 
	details TEXT NOT NULL, 
	PRIMARY KEY (sequence), 
	FOREIGN KEY(sequence) REFERENCES events (sequence)
);
INSERT INTO "details" VALUES(0,X'002612C409167950C60696D7D7056E6677F1FD6D4D632FD64A89820680B4731E','{"format":"1","origin":"aigaq-archive/b2d007d4862b816f8be45abf098745d1"}');
INSERT INTO "details" VALUES(1,X'1B2E29C065F3DA6DF0A9340D4DD532B56E2761A064D846E582E9F0E7A4389B4E','{"source":"delivery"}');
INSERT INTO "details" VALUES(2,X'271C608F4E7C71D33F1C46483560DD89E9A39D1EED10C1C28668E61831ED7698','{"note":"","title":"Ахметов"}');
INSERT INTO "details" VALUES(3,X'6B8F229BA30811C2D185AA6D0A8195C6353E024FC0944DDD30CCC21C4D514AA5','{"note":"","title":""}');
INSERT INTO "details" VALUES(4,X'5C12697EEC1012BDCBBF05242019CA7BF8451E9E6278700DDC6AA7A3E6176B02','{"batch":"BAT-2026-0001","cases":["QAN-0001"],"description":{"date":"","document_type":"verdict","language":"","note":"","restriction":"open","source":""},"duplicate_of":null,"kind":"text","parent":null,"path":"verdict.pdf","size":12}');
INSERT INTO "details" VALUES(5,X'E3853C827F4447F8799DC772D15DE9F833D219264BE98D8C4186966F442F4D41','{"batch":"BAT-2026-0001","cases":["QAN-0001","QAN-0002"],"description":{"date":"","document_type":"","language":"","note":"","restriction":"open","source":""},"duplicate_of":null,"kind":"text","parent":null,"path":"photo.jpg","size":8}');
INSERT INTO "details" VALUES(6,X'861BDFB915A464511A6D1DE6B02B390E01B8C6BF9F1D1B92E82AB3A9FDBC7C37','{"batch":"BAT-2026-0001","cases":[],"description":{"date":"","document_type":"","language":"","note":"","restriction":"open","source":""},"duplicate_of":"ARC-2026-000001","kind":"text","parent":null,"path":"same.pdf","size":12}');
INSERT INTO "details" VALUES(7,X'7A70C1B90F238C089CF907F29A6FFAFADA9C35109B83811B2F5DE1FA2C8B44B5','{"batch":"BAT-2026-0001","cases":[],"description":{"date":"","document_type":"","language":"","note":"","restriction":"restricted","source":""},"duplicate_of":null,"kind":"text","parent":null,"path":"broken.pdf","size":8}');
INSERT INTO "details" VALUES(8,X'B13524B6DED60790C26E8BAE72CBBFAB6588565DA7F502DEC8F18DD739802C70','{"batch":"BAT-2026-0001","cases":["QAN-0002"],"description":{"date":"","document_type":"","language":"","note":"from the family","restriction":"restricted","source":""},"duplicate_of":null,"kind":"text","parent":null,"path":"broken.pdf","size":8}');
INSERT INTO "details" VALUES(9,X'4135D59C8C7430A883C7A48E5FF23A6682A5B3E1676B53A5DE8C1508AA83F277','{"abandoned":[],"derivatives":{"count":1,"sha256":"884d667b63e3df1a847cca7e747cb359803c8b76e179934bd8c08437935e4579"},"facts":"sha256:a9b994ef2d1d56416c2a027ebf65c97b2cc083d1ef669fb08ba4e8590c95467b","kind":"pdf","passages":{"count":2,"sha256":"6cf5fa7e3afc85d14ec5c615ffd454475bdfeea53ff8367ca98d50859fdb7a04"},"problems":["page 2 is faint"],"tool":"tesseract","version":"5.3.0"}');
INSERT INTO "details" VALUES(10,X'8A84E93FC4FF0D553027F693BE96D0A6A9224DBAF59C6FA8ABC9D07DFE698669','{"mentions":{"count":2,"sha256":"c4d4207a27ad89e42061a562c2b1e50ac73a3f580dd5eeb200f7a3a0e306334d"},"tool":"rules 1"}');
INSERT INTO "details" VALUES(11,X'9FA05C2DC3FC85552BCCF059A035FF5798E9604B5C23D1C2C04D5A6AF6DA0490','{"abandoned":[],"problem":"the file is cut off","stage":"read","status":"refused","tool":"pdf 1"}');
INSERT INTO "details" VALUES(12,X'1684ED19314744155257BED95B3D1A9CE5D07E51EE8EEE96DBFFED9D4C211649','{"path":"pipe","problem":"it is not a regular file"}');
INSERT INTO "details" VALUES(13,X'22D0897DD613AE99A6BE7EA8F039A26B37E596838CF51CB0778744982DC8BF29','{"source":"delivery"}');
INSERT INTO "details" VALUES(14,X'C50CAC1F567073294205655061717E76CB14BF0AC920678BA00D87EBD3138D82','{"source":"second delivery"}');
INSERT INTO "details" VALUES(15,X'64F85D5A9687FA09695B9F107FE4304BFB180996B45C6E1D92AC6C4D53648B27','{"batch":"BAT-2026-0002","cases":["QAN-0002"],"description":{"date":"","document_type":"","language":"","note":"","restriction":"open","source":""},"duplicate_of":null,"kind":"text","parent":null,"path":"letter.txt","size":6}');
INSERT INTO "details" VALUES(16,X'6C9131C53D2222C7D2828AC2C26E061B01E4E35AB155D86E01AE1A7ABF28C1CE','{"abandoned":[],"derivatives":{"count":1,"sha256":"b155f84fe3c30fbf4b166cff1ca38f6ea027b5f64efea63426b871cd5b9c87df"},"facts":"sha256:a9b994ef2d1d56416c2a027ebf65c97b2cc083d1ef669fb08ba4e8590c95467b","kind":"pdf","passages":{"count":2,"sha256":"6cf5fa7e3afc85d14ec5c615ffd454475bdfeea53ff8367ca98d50859fdb7a04"},"problems":["page 2 is faint"],"tool":"tesseract","version":"5.3.0"}');
INSERT INTO "details" VALUES(17,X'2AC0C57ACCB212772D61F9565FA8DC34D5FDDABFFC970475CB001BE7436C6F5F','{"mentions":{"count":2,"sha256":"c4d4207a27ad89e42061a562c2b1e50ac73a3f580dd5eeb200f7a3a0e306334d"},"tool":"rules 1"}');
INSERT INTO "details" VALUES(18,X'CDA47279D48FCC9EFB67ADC40D08831274F2EC2B34BABB0D99DCBCC5107934B5','{"abandoned":[],"derivatives":{"count":1,"sha256":"4f0bf8d6d1bbe81c3ca4f174c52b791522a98a0f07c98c467521cd79e981012f"},"facts":"sha256:a9b994ef2d1d56416c2a027ebf65c97b2cc083d1ef669fb08ba4e8590c95467b","kind":"pdf","passages":{"count":2,"sha256":"6cf5fa7e3afc85d14ec5c615ffd454475bdfeea53ff8367ca98d50859fdb7a04"},"problems":["page 2 is faint"],"tool":"tesseract","version":"5.3.0"}');
INSERT INTO "details" VALUES(19,X'86CFACD4C2BE6A9B60C6DDA122510B1C9F86A11D21982DAE256F975A1FE99F16','{"mentions":{"count":2,"sha256":"c4d4207a27ad89e42061a562c2b1e50ac73a3f580dd5eeb200f7a3a0e306334d"},"tool":"rules 1"}');
INSERT INTO "details" VALUES(20,X'5F9CB758A19794A6E78937E23DA70936E6379820CC93CE11AB961ED8487A834B','{"batch":"BAT-2026-0002","cases":[],"description":{"date":"","document_type":"","language":"","note":"","restriction":"open","source":""},"duplicate_of":null,"kind":"text","parent":null,"path":"note.txt","size":0}');
CREATE TABLE events (
	sequence BIGINT NOT NULL, 
	previous TEXT NOT NULL, 
	term TEXT NOT NULL, 
	object TEXT NOT NULL, 
	content TEXT, 
	agent_name TEXT NOT NULL, 
	agent_tool TEXT NOT NULL, 
	agent_version TEXT NOT NULL, 
	at TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	commitment TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "events" VALUES(0,'sha256:0000000000000000000000000000000000000000000000000000000000000000','creation','archive',NULL,'archive','aigaq','0.1.0','2026-11-25T01:15:00.722104Z','success','hmac-sha256:b21e32e7bb295514b1e4464f1cc4b002d3823a148506b026015785608c07a9fb','sha256:9861d5c2eca043b869f68c5a9d791b658257fb6f51a40c278b8ab5d9296558c6');
INSERT INTO "events" VALUES(1,'sha256:9861d5c2eca043b869f68c5a9d791b658257fb6f51a40c278b8ab5d9296558c6','ingestion start','BAT-2026-0001',NULL,'a.seitova','aigaq','0.1.0','2026-11-25T01:15:00.796067Z','success','hmac-sha256:f377796d5b198faa33a7af48f0e164eaa6364c06e78b061404504e566814fc38','sha256:82a408f2ec7f76c0cfdcacec5d8ec8ebe67d06d92a9d4af68343d1fcd700f4f0');
INSERT INTO "events" VALUES(2,'sha256:82a408f2ec7f76c0cfdcacec5d8ec8ebe67d06d92a9d4af68343d1fcd700f4f0','creation','case:QAN-0001',NULL,'a.seitova','aigaq','0.1.0','2026-11-25T01:15:00.858813Z','success','hmac-sha256:04d37f920820e735b7b26502ac6c914d7a8d3291c2b93288fffc6e3d3921f542','sha256:bf506badbfdbc9aa6e2ae111c1bebff53ac1de62b96c19a0362edbc10d88fd67');
INSERT INTO "events" VALUES(3,'sha256:bf506badbfdbc9aa6e2ae111c1bebff53ac1de62b96c19a0362edbc10d88fd67','creation','case:QAN-0002',NULL,'a.seitova','aigaq','0.1.0','2026-11-25T01:15:00.874928Z','success','hmac-sha256:c1e37fddf8109396f4b626dc048b8d901fdb087e436aaf7111dacc4251cf0628','sha256:f2a293cebc53a0f9532ad594cacc7a6e7b1cb22b7eea5f7eaf0dece9e967fb76');
INSERT INTO "events" VALUES(4,'sha256:f2a293cebc53a0f9532ad594cacc7a6e7b1cb22b7eea5f7eaf0dece9e967fb76','accession','ARC-2026-000001','sha256:c500896de4234cf95ca3a742bf61316470cd04aa82df11b95592d65db411f992','a.seitova','aigaq','0.1.0','2026-11-25T01:15:00.921366Z','stored','hmac-sha256:4f84afb29c0918a195d794c29ec2de28eacf20586041e2f1540dd03b74e771a8','sha256:1f05e66c2adca0d6c8654056c4dbd16f70b647d9aa2a579802bcd0cb618e065b');
INSERT INTO "events" VALUES(5,'sha256:1f05e66c2adca0d6c8654056c4dbd16f70b647d9aa2a579802bcd0cb618e065b','accession','ARC-2026-000002','sha256:9fb48ffcd0d1a3496e905119d9538e309977751b6a83dcbfdc5574869739f1d9','a.seitova','aigaq','0.1.0','2026-11-25T01:15:00.980760Z','stored','hmac-sha256:5a1595ad245f31f50ac0be98125baf7af4c8957739a30ce2e79d8331ed93b659','sha256:68acc952684962de3bc3a98a64f2dee61aa0d5b8cfbff4e9331322f6602b37f0');
INSERT INTO "events" VALUES(6,'sha256:68acc952684962de3bc3a98a64f2dee61aa0d5b8cfbff4e9331322f6602b37f0','accession','ARC-2026-000003','sha256:c500896de4234cf95ca3a742bf61316470cd04aa82df11b95592d65db411f992','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.005070Z','duplicate','hmac-sha256:f92578a9da0a0a66dac8dbdd16955d2bcba0a245301eb62896d12a5e4d365782','sha256:bbb5e8a6c5dc7b8fefec8bddaa091a516e6b31bfcb304731cb3095bfeb419203');
INSERT INTO "events" VALUES(7,'sha256:bbb5e8a6c5dc7b8fefec8bddaa091a516e6b31bfcb304731cb3095bfeb419203','accession','ARC-2026-000004','sha256:a745ce0daa04dda30e2e41008c32684b8309f3f286f9e6821aa9a9292c7c2a8e','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.037331Z','stored','hmac-sha256:90fef9b7f58890b92d10180de718ccf053dbfe4b7a43407a112f632d7015e468','sha256:50975a2e385e023e2c2331b2340d218a801902715c265374ba4323af0ba33830');
INSERT INTO "events" VALUES(8,'sha256:50975a2e385e023e2c2331b2340d218a801902715c265374ba4323af0ba33830','metadata modification','ARC-2026-000004',NULL,'a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.047110Z','success','hmac-sha256:efdfef019d9d11ed7d17c931d24e9b809df274f85f511cc8a33cdd9a052abc78','sha256:cf93dd2821fa2a75b03a9a4771425bb1d5974b6abf6c93070e8c3a0392d9d454');
INSERT INTO "events" VALUES(9,'sha256:cf93dd2821fa2a75b03a9a4771425bb1d5974b6abf6c93070e8c3a0392d9d454','extraction','ARC-2026-000001','sha256:c500896de4234cf95ca3a742bf61316470cd04aa82df11b95592d65db411f992','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.109449Z','success','hmac-sha256:3429759a9cbefd066e561482df9c3d494a0f082a6c0151568df1831c19ceddba','sha256:1796f1d65a05e6638fa6458cf9288bdbd13e696c20929e25bbeec23c13485ae1');
INSERT INTO "events" VALUES(10,'sha256:1796f1d65a05e6638fa6458cf9288bdbd13e696c20929e25bbeec23c13485ae1','metadata extraction','ARC-2026-000001','sha256:c500896de4234cf95ca3a742bf61316470cd04aa82df11b95592d65db411f992','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.141394Z','success','hmac-sha256:f3eb1ada672f0a3c620ccabeda522bde9af3f1aaeac0e3c0ef286115775cb139','sha256:459ea615f4419e149250879a566aeb704a5bbaae6c519a7bf555e0da46a4aad5');
INSERT INTO "events" VALUES(11,'sha256:459ea615f4419e149250879a566aeb704a5bbaae6c519a7bf555e0da46a4aad5','quarantine','ARC-2026-000004',NULL,'a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.152735Z','failure','hmac-sha256:303f0d14ac8b7cc473aef1000eec21f6f47888547429a992d51b1ebdabd344ab','sha256:3151feef34e19849600bfb390543845377a1dad096223ebb893618c91a820bde');
INSERT INTO "events" VALUES(12,'sha256:3151feef34e19849600bfb390543845377a1dad096223ebb893618c91a820bde','accession','BAT-2026-0001',NULL,'a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.169407Z','refused','hmac-sha256:c47e8906cd7cb1e542d6cdb7b485c41abe8742295553c98854225d55d9660143','sha256:ae2c7b8d7661ffe61cabe5597bcab3b2133bffcd977c3d95f0e5fbb0f9531a70');
INSERT INTO "events" VALUES(13,'sha256:ae2c7b8d7661ffe61cabe5597bcab3b2133bffcd977c3d95f0e5fbb0f9531a70','ingestion end','BAT-2026-0001','sha256:c500896de4234cf95ca3a742bf61316470cd04aa82df11b95592d65db411f992','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.185387Z','success','hmac-sha256:4e91233e43f245786306399f83182c26f51f268e5d2aadd97a05fd83e32c5ca5','sha256:04cad8aec57f887c90c2160f787eaa64d84eb42cbf18d9311b69c42bed512b06');
INSERT INTO "events" VALUES(14,'sha256:04cad8aec57f887c90c2160f787eaa64d84eb42cbf18d9311b69c42bed512b06','ingestion start','BAT-2026-0002',NULL,'a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.209395Z','success','hmac-sha256:9dc6fd99a13de5b47c4cdcafe192506c601715a8cad14c7c79dd8248ab40af44','sha256:4433656f5de68c874e0c323f067a162fd1cb52d25894079dccdc36d0febdd4c5');
INSERT INTO "events" VALUES(15,'sha256:4433656f5de68c874e0c323f067a162fd1cb52d25894079dccdc36d0febdd4c5','accession','ARC-2026-000005','sha256:3920fdc24c71dd75a7fe39e15d412b6a5b82c45fed996c62c11ebb5775ddeecf','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.245384Z','stored','hmac-sha256:70d2d3cd6a8c72eb75f372995ca1e316c58e4a92c562cfdb3a79931dcaa32496','sha256:8e39b1d7116b163a1d3f63a053e9fd64334a70888a83f77ab8741b476aeedaad');
INSERT INTO "events" VALUES(16,'sha256:8e39b1d7116b163a1d3f63a053e9fd64334a70888a83f77ab8741b476aeedaad','extraction','ARC-2026-000005','sha256:3920fdc24c71dd75a7fe39e15d412b6a5b82c45fed996c62c11ebb5775ddeecf','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.292457Z','success','hmac-sha256:c9102f9acf574371a68148e8c2c0222b7832a64b962a7c4ff9a32f04b1497539','sha256:237cfd97a91aebd9fb00fa065ab5b954807733943d369fcd9346fafe6f4e995d');
INSERT INTO "events" VALUES(17,'sha256:237cfd97a91aebd9fb00fa065ab5b954807733943d369fcd9346fafe6f4e995d','metadata extraction','ARC-2026-000005','sha256:3920fdc24c71dd75a7fe39e15d412b6a5b82c45fed996c62c11ebb5775ddeecf','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.313561Z','success','hmac-sha256:72ba1a4e498a1c54b7d742e8428e56f60125d28e07759191d856312b240ea8fd','sha256:7623f5312382ffac5a7664cbf31cb1a58c11534f9ec123e87a88cd601843f088');
INSERT INTO "events" VALUES(18,'sha256:7623f5312382ffac5a7664cbf31cb1a58c11534f9ec123e87a88cd601843f088','extraction','ARC-2026-000005','sha256:3920fdc24c71dd75a7fe39e15d412b6a5b82c45fed996c62c11ebb5775ddeecf','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.361917Z','success','hmac-sha256:5e06bb9b6eb9cff2aa3b56c937daadf2fd480c1025e1b1969ec5493ae6909600','sha256:e35922fa73b028fd5183efe01148bebc8fd993b1c24a26a7eadcaa2267d3d92f');
INSERT INTO "events" VALUES(19,'sha256:e35922fa73b028fd5183efe01148bebc8fd993b1c24a26a7eadcaa2267d3d92f','metadata extraction','ARC-2026-000005','sha256:3920fdc24c71dd75a7fe39e15d412b6a5b82c45fed996c62c11ebb5775ddeecf','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.377392Z','success','hmac-sha256:fe540e1509a169a8a7f19a309a75dbd31f790a4cb19b63cd3797d964efe41afd','sha256:b72e84485335f6f22075cf569153fac8abe19c2af6edee3369da2a9ec4e6836d');
INSERT INTO "events" VALUES(20,'sha256:b72e84485335f6f22075cf569153fac8abe19c2af6edee3369da2a9ec4e6836d','accession','ARC-2026-000006','sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','a.seitova','aigaq','0.1.0','2026-11-25T01:15:01.399267Z','stored','hmac-sha256:73e53bedb1845a3217fea08543db708ba95e60af1c6e0a122cfab61626383fc5','sha256:ed6b64a9193dc54836f46b3fbb5cac2aa0ac7d8c370f5f8bdb5ae8dfd0a937e7');
CREATE TABLE head (
	id INTEGER NOT NULL, 
	origin TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	root TEXT NOT NULL, 
	last TEXT NOT NULL, 
	frontier TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "head" VALUES(1,'aigaq-archive/b2d007d4862b816f8be45abf098745d1',21,'sha256:f31d0ea04d43c231a3fb1a364b6ad432acccf4ca1b021bd33031a39dbb441eff','sha256:ed6b64a9193dc54836f46b3fbb5cac2aa0ac7d8c370f5f8bdb5ae8dfd0a937e7','0fc686b3ec22b83a76b9544ddb39973bc9f6bfce15ab03d25efdf3b187fe8040,c865c954552513ec6f4f1843514c1d037729b08487c796110fb12583e951cf46,ed6b64a9193dc54836f46b3fbb5cac2aa0ac7d8c370f5f8bdb5ae8dfd0a937e7');
CREATE TABLE item_cases (
	item TEXT NOT NULL, 
	"case" TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	PRIMARY KEY (item, "case"), 
	FOREIGN KEY(item) REFERENCES items (accession), 
	FOREIGN KEY("case") REFERENCES cases (id)
);
INSERT INTO "item_cases" VALUES('ARC-2026-000001','QAN-0001',0);
INSERT INTO "item_cases" VALUES('ARC-2026-000002','QAN-0001',0);
INSERT INTO "item_cases" VALUES('ARC-2026-000002','QAN-0002',1);
INSERT INTO "item_cases" VALUES('ARC-2026-000004','QAN-0002',0);
INSERT INTO "item_cases" VALUES('ARC-2026-000005','QAN-0002',0);
CREATE TABLE items (
	accession TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	batch TEXT NOT NULL, 
	path TEXT NOT NULL, 
	path_hash TEXT NOT NULL, 
	parent TEXT, 
	received_at TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	document_type TEXT NOT NULL, 
	date TEXT NOT NULL, 
	source TEXT NOT NULL, 
	language TEXT NOT NULL, 
	restriction TEXT NOT NULL, 
	note TEXT NOT NULL, 
	duplicate_of TEXT, 
	PRIMARY KEY (accession), 
	FOREIGN KEY(batch) REFERENCES batches (id), 
	FOREIGN KEY(parent) REFERENCES items (accession), 
	FOREIGN KEY(duplicate_of) REFERENCES items (accession)
);
INSERT INTO "items" VALUES('ARC-2026-000001','sha256:c500896de4234cf95ca3a742bf61316470cd04aa82df11b95592d65db411f992',12,'BAT-2026-0001','verdict.pdf','d5377f985404c1728c33880a13f662fcdc471e8949faa8015b79a4e41b0f5aa4',NULL,'2026-11-25T01:15:00.921366Z','pdf','verdict','','','','open','',NULL);
INSERT INTO "items" VALUES('ARC-2026-000002','sha256:9fb48ffcd0d1a3496e905119d9538e309977751b6a83dcbfdc5574869739f1d9',8,'BAT-2026-0001','photo.jpg','aff6100bd4df0ea66736e1d3304208069a0f24303e21b43422398c935540a236',NULL,'2026-11-25T01:15:00.980760Z','text','','','','','open','',NULL);
INSERT INTO "items" VALUES('ARC-2026-000003','sha256:c500896de4234cf95ca3a742bf61316470cd04aa82df11b95592d65db411f992',12,'BAT-2026-0001','same.pdf','3ae09ccc56a1ffa7c5f2b6f2c9d201560934a29d3b7d1a7f17b5368d21e0d1bc',NULL,'2026-11-25T01:15:01.005070Z','text','','','','','open','','ARC-2026-000001');
INSERT INTO "items" VALUES('ARC-2026-000004','sha256:a745ce0daa04dda30e2e41008c32684b8309f3f286f9e6821aa9a9292c7c2a8e',8,'BAT-2026-0001','broken.pdf','07e1e845732d27e3cd2f7b792c117ed9c3136200209bfd0c3720daec39173246',NULL,'2026-11-25T01:15:01.037331Z','text','','','','','restricted','from the family',NULL);
INSERT INTO "items" VALUES('ARC-2026-000005','sha256:3920fdc24c71dd75a7fe39e15d412b6a5b82c45fed996c62c11ebb5775ddeecf',6,'BAT-2026-0002','letter.txt','bbf1b6070104c532b5fb25da844c728d941e546e7456b96a2887957cd8c53f0b',NULL,'2026-11-25T01:15:01.245384Z','pdf','','','','','open','',NULL);
INSERT INTO "items" VALUES('ARC-2026-000006','sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',0,'BAT-2026-0002','note.txt','59700155e034d16d95b0e6916ee23373f40422648201778db4b19ad28398ca6f',NULL,'2026-11-25T01:15:01.399267Z','text','','','','','open','',NULL);
CREATE TABLE mentions (
	item TEXT NOT NULL, 
	passage INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	raw TEXT NOT NULL, 
	value TEXT NOT NULL, 
	role TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	PRIMARY KEY (item, passage, position), 
	FOREIGN KEY(item, passage) REFERENCES passages (item, number)
);
INSERT INTO "mentions" VALUES('ARC-2026-000001',0,0,'person',11,24,'Ержан Ахметов','{"name":"Ержан Ахметов"}','defendant','test 1');
INSERT INTO "mentions" VALUES('ARC-2026-000001',1,0,'person',11,24,'Ә. Қ. Сейітов','{"name":"Ә. Қ. Сейітов"}','','test 1');
INSERT INTO "mentions" VALUES('ARC-2026-000005',0,0,'person',11,24,'Ержан Ахметов','{"name":"Ержан Ахметов"}','defendant','test 1');
INSERT INTO "mentions" VALUES('ARC-2026-000005',1,0,'person',11,24,'Ә. Қ. Сейітов','{"name":"Ә. Қ. Сейітов"}','','test 1');
CREATE TABLE passages (
	item TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	text TEXT NOT NULL, 
	method TEXT NOT NULL, 
	page INTEGER, 
	"offset" BIGINT NOT NULL, 
	start_seconds FLOAT, 
	end_seconds FLOAT, 
	language TEXT NOT NULL, 
	confidence FLOAT, 
	needs_review INTEGER NOT NULL, 
	problem TEXT NOT NULL, 
	PRIMARY KEY (item, number), 
	FOREIGN KEY(item) REFERENCES items (accession)
);
INSERT INTO "passages" VALUES('ARC-2026-000001',0,'page','Подсудимый Ержан Ахметов признан виновным.','ocr',1,0,NULL,NULL,'',91.5,0,'');
INSERT INTO "passages" VALUES('ARC-2026-000001',1,'page','Сот үкімі: Ә. Қ. Сейітов ақталды.','ocr',2,0,NULL,NULL,'',91.5,0,'');
INSERT INTO "passages" VALUES('ARC-2026-000005',0,'page','Подсудимый Ержан Ахметов признан виновным.','ocr',1,0,NULL,NULL,'',91.5,0,'');
INSERT INTO "passages" VALUES('ARC-2026-000005',1,'page','Сот үкімі: Ә. Қ. Сейітов ақталды.','ocr',2,0,NULL,NULL,'',91.5,0,'');
CREATE TABLE pending (
	digest TEXT NOT NULL, 
	item TEXT NOT NULL, 
	PRIMARY KEY (digest, item), 
	FOREIGN KEY(item) REFERENCES items (accession)
);
CREATE TABLE readings (
	item TEXT NOT NULL, 
	event BIGINT NOT NULL, 
	facts TEXT NOT NULL, 
	problems TEXT NOT NULL, 
	PRIMARY KEY (item), 
	FOREIGN KEY(item) REFERENCES items (accession), 
	FOREIGN KEY(event) REFERENCES events (sequence)
);
INSERT INTO "readings" VALUES('ARC-2026-000001',9,'{"pages":2,"скан":true}','["page 2 is faint"]');
INSERT INTO "readings" VALUES('ARC-2026-000005',18,'{"pages":2,"скан":true}','["page 2 is faint"]');
CREATE TABLE refusals (
	batch TEXT NOT NULL, 
	path_hash TEXT NOT NULL, 
	path TEXT NOT NULL, 
	problem TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (batch, path_hash), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "refusals" VALUES('BAT-2026-0001','4008294739162e8f0119134dd262e35165d4a3bda08f59f97b6fdb9c5b4e655d','pipe','it is not a regular file','2026-11-25T01:15:01.169407Z');
CREATE TABLE stages (
	item TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	status TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	tool TEXT NOT NULL, 
	problem TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (item, stage), 
	FOREIGN KEY(item) REFERENCES items (accession)
);
INSERT INTO "stages" VALUES('ARC-2026-000001','admit','done',1,'','','2026-11-25T01:15:00.921366Z');
INSERT INTO "stages" VALUES('ARC-2026-000001','read','done',1,'tesseract 5.3.0','','2026-11-25T01:15:01.109449Z');
INSERT INTO "stages" VALUES('ARC-2026-000001','extract','done',1,'rules 1','','2026-11-25T01:15:01.141394Z');
INSERT INTO "stages" VALUES('ARC-2026-000001','index','waiting',0,'','','2026-11-25T01:15:01.141394Z');
INSERT INTO "stages" VALUES('ARC-2026-000002','admit','done',1,'','','2026-11-25T01:15:00.980760Z');
INSERT INTO "stages" VALUES('ARC-2026-000002','read','waiting',0,'','','2026-11-25T01:15:00.980760Z');
INSERT INTO "stages" VALUES('ARC-2026-000002','extract','waiting',0,'','','2026-11-25T01:15:00.980760Z');
INSERT INTO "stages" VALUES('ARC-2026-000002','index','waiting',0,'','','2026-11-25T01:15:00.980760Z');
INSERT INTO "stages" VALUES('ARC-2026-000003','admit','done',1,'','','2026-11-25T01:15:01.005070Z');
INSERT INTO "stages" VALUES('ARC-2026-000003','read','done',0,'see ARC-2026-000001','','2026-11-25T01:15:01.005070Z');
INSERT INTO "stages" VALUES('ARC-2026-000003','extract','done',0,'see ARC-2026-000001','','2026-11-25T01:15:01.005070Z');
INSERT INTO "stages" VALUES('ARC-2026-000003','index','done',0,'see ARC-2026-000001','','2026-11-25T01:15:01.005070Z');
INSERT INTO "stages" VALUES('ARC-2026-000004','admit','done',1,'','','2026-11-25T01:15:01.037331Z');
INSERT INTO "stages" VALUES('ARC-2026-000004','read','refused',1,'pdf 1','the file is cut off','2026-11-25T01:15:01.152735Z');
INSERT INTO "stages" VALUES('ARC-2026-000004','extract','waiting',0,'','','2026-11-25T01:15:01.037331Z');
INSERT INTO "stages" VALUES('ARC-2026-000004','index','waiting',0,'','','2026-11-25T01:15:01.047110Z');
INSERT INTO "stages" VALUES('ARC-2026-000005','admit','done',1,'','','2026-11-25T01:15:01.245384Z');
INSERT INTO "stages" VALUES('ARC-2026-000005','read','done',2,'tesseract 5.3.0','','2026-11-25T01:15:01.361917Z');
INSERT INTO "stages" VALUES('ARC-2026-000005','extract','done',2,'rules 1','','2026-11-25T01:15:01.377392Z');
INSERT INTO "stages" VALUES('ARC-2026-000005','index','waiting',0,'','','2026-11-25T01:15:01.377392Z');
INSERT INTO "stages" VALUES('ARC-2026-000006','admit','done',1,'','','2026-11-25T01:15:01.399267Z');
INSERT INTO "stages" VALUES('ARC-2026-000006','read','waiting',0,'','','2026-11-25T01:15:01.399267Z');
INSERT INTO "stages" VALUES('ARC-2026-000006','extract','waiting',0,'','','2026-11-25T01:15:01.399267Z');
INSERT INTO "stages" VALUES('ARC-2026-000006','index','waiting',0,'','','2026-11-25T01:15:01.399267Z');
CREATE INDEX events_of_object ON events (object, sequence);
CREATE INDEX items_by_original ON items (duplicate_of);
CREATE INDEX items_by_parent ON items (parent);
CREATE INDEX items_by_kind ON items (kind);
CREATE INDEX items_by_path ON items (batch, path_hash);
CREATE INDEX items_by_digest ON items (digest);
CREATE INDEX item_cases_by_case ON item_cases ("case", item);
CREATE INDEX stages_by_status ON stages (stage, status, item);
CREATE INDEX derivatives_of_item ON derivatives (item, event, position);
CREATE INDEX pending_of_item ON pending (item);
COMMIT;
