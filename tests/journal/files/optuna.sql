BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'digits');
INSERT INTO "studies" VALUES(2,'two');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
INSERT INTO "study_directions" VALUES(2,'MINIMIZE',2,0);
INSERT INTO "study_directions" VALUES(3,'MAXIMIZE',2,1);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_system_attributes" VALUES(1,1,'study:metric_names','["error"]');
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,0,1.0,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,2,3.33333333333333314829e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,2,0,1.0,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,2,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,2,2,3.33333333333333314829e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,3,0,1.0,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,3,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,4,0,1.0,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,4,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,4,2,3.33333333333333314829e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,5,0,1.0,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,5,1,0.5,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,5,2,3.33333333333333314829e-01,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'lr',4.65680463791956554368e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(2,1,'depth',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(3,1,'act',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "leaky_relu", null]}}');
INSERT INTO "trial_params" VALUES(4,1,'slope',3.67781924829513606756e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.01, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(5,1,'bias',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
INSERT INTO "trial_params" VALUES(6,2,'lr',3.86429165355264944876e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(7,2,'depth',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(8,2,'act',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "leaky_relu", null]}}');
INSERT INTO "trial_params" VALUES(9,2,'slope',2.64654056553374150695e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.01, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(10,2,'bias',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
INSERT INTO "trial_params" VALUES(11,3,'lr',4.66894985370889246175e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(12,3,'depth',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(13,3,'act',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "leaky_relu", null]}}');
INSERT INTO "trial_params" VALUES(14,3,'bias',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
INSERT INTO "trial_params" VALUES(15,4,'lr',5.87882405664408563134e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(16,4,'depth',4.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(17,4,'act',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "leaky_relu", null]}}');
INSERT INTO "trial_params" VALUES(18,4,'bias',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
INSERT INTO "trial_params" VALUES(19,5,'lr',2.47392959130401802049e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(20,5,'depth',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(21,5,'act',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "leaky_relu", null]}}');
INSERT INTO "trial_params" VALUES(22,5,'bias',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
INSERT INTO "trial_params" VALUES(23,6,'x',0.417022004702574,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(24,6,'n',17.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 64}}');
INSERT INTO "trial_params" VALUES(25,7,'x',1.1437481734488663676e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(26,7,'n',2.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 64}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'seed','0');
INSERT INTO "trial_user_attributes" VALUES(2,1,'test_error','0.5');
INSERT INTO "trial_user_attributes" VALUES(3,2,'seed','1');
INSERT INTO "trial_user_attributes" VALUES(4,2,'test_error','1.5');
INSERT INTO "trial_user_attributes" VALUES(5,3,'seed','2');
INSERT INTO "trial_user_attributes" VALUES(6,3,'test_error','2.5');
INSERT INTO "trial_user_attributes" VALUES(7,4,'seed','3');
INSERT INTO "trial_user_attributes" VALUES(8,4,'test_error','3.5');
INSERT INTO "trial_user_attributes" VALUES(9,5,'seed','4');
INSERT INTO "trial_user_attributes" VALUES(10,5,'test_error','4.5');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,1.39704139137586955468e-03,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(3,3,0,0.5,'FINITE');
INSERT INTO "trial_values" VALUES(4,5,0,4.94785918260803604098e-05,'FINITE');
INSERT INTO "trial_values" VALUES(5,6,0,0.417022004702574,'FINITE');
INSERT INTO "trial_values" VALUES(6,6,1,17.0,'FINITE');
INSERT INTO "trial_values" VALUES(7,7,0,1.1437481734488663676e-04,'FINITE');
INSERT INTO "trial_values" VALUES(8,7,1,2.0,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-23 15:05:56.872829','2026-11-23 15:05:57.140467');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-23 15:05:57.227786','2026-11-23 15:05:57.450470');
INSERT INTO "trials" VALUES(3,2,1,'PRUNED','2026-11-23 15:05:57.509980','2026-11-23 15:05:57.741766');
INSERT INTO "trials" VALUES(4,3,1,'FAIL','2026-11-23 15:05:57.825126','2026-11-23 15:05:58.082124');
INSERT INTO "trials" VALUES(5,4,1,'COMPLETE','2026-11-23 15:05:58.112300','2026-11-23 15:05:58.263915');
INSERT INTO "trials" VALUES(6,0,2,'COMPLETE','2026-11-23 15:05:58.353965','2026-11-23 15:05:58.392362');
INSERT INTO "trials" VALUES(7,1,2,'COMPLETE','2026-11-23 15:05:58.407358','2026-11-23 15:05:58.425721');
INSERT INTO "trials" VALUES(8,5,1,'RUNNING','2026-11-23 15:05:58.451640',NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
