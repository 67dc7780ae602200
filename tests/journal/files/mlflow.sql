BEGIN TRANSACTION;
CREATE TABLE "experiments" (
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	artifact_location VARCHAR(256), 
	lifecycle_stage VARCHAR(32), 
	creation_time BIGINT, 
	last_update_time BIGINT, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), 
	CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT uq_experiments_workspace_name UNIQUE (workspace, name)
);
INSERT INTO "experiments" VALUES(0,'Default','/tmp/mk/mlruns/0','active',1795446370033,1795446370033,'default');
INSERT INTO "experiments" VALUES(1,'digits','/tmp/mk/artifacts','active',1795446370037,1795446370037,'default');
CREATE TABLE "latest_metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT, 
	step BIGINT NOT NULL, 
	is_nan BOOLEAN NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT latest_metric_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "latest_metrics" VALUES('loss',3.33333333333333314829e-01,1795446370182,2,0,'fcad8ab758714165a9ab867d81cada06');
INSERT INTO "latest_metrics" VALUES('val/acc',0.5,1795446370189,0,0,'fcad8ab758714165a9ab867d81cada06');
INSERT INTO "latest_metrics" VALUES('worst',1.79769313486231562234e+308,1795446370202,0,0,'fcad8ab758714165a9ab867d81cada06');
INSERT INTO "latest_metrics" VALUES('loss',0.25,1795446370346,2,0,'c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "latest_metrics" VALUES('val/acc',0.0,1795446370377,0,1,'c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "latest_metrics" VALUES('worst',1.79769313486231562234e+308,1795446370405,0,0,'c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "latest_metrics" VALUES('loss',0.2,1795446370621,2,0,'b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "latest_metrics" VALUES('val/acc',0.5,1795446370649,0,0,'b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "latest_metrics" VALUES('worst',1.79769313486231562234e+308,1795446370677,0,0,'b8a3060b463f4ef485e28674a8d76986');
CREATE TABLE "metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	step BIGINT DEFAULT '0' NOT NULL, 
	is_nan BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "metrics" VALUES('loss',1.0,1795446370145,'fcad8ab758714165a9ab867d81cada06',0,0);
INSERT INTO "metrics" VALUES('loss',0.5,1795446370162,'fcad8ab758714165a9ab867d81cada06',1,0);
INSERT INTO "metrics" VALUES('loss',3.33333333333333314829e-01,1795446370182,'fcad8ab758714165a9ab867d81cada06',2,0);
INSERT INTO "metrics" VALUES('val/acc',0.5,1795446370189,'fcad8ab758714165a9ab867d81cada06',0,0);
INSERT INTO "metrics" VALUES('worst',1.79769313486231562234e+308,1795446370202,'fcad8ab758714165a9ab867d81cada06',0,0);
INSERT INTO "metrics" VALUES('loss',0.5,1795446370303,'c8af3f063ac74eedb39f7643630c6f7b',0,0);
INSERT INTO "metrics" VALUES('loss',3.33333333333333314829e-01,1795446370325,'c8af3f063ac74eedb39f7643630c6f7b',1,0);
INSERT INTO "metrics" VALUES('loss',0.25,1795446370346,'c8af3f063ac74eedb39f7643630c6f7b',2,0);
INSERT INTO "metrics" VALUES('val/acc',0.0,1795446370377,'c8af3f063ac74eedb39f7643630c6f7b',0,1);
INSERT INTO "metrics" VALUES('worst',1.79769313486231562234e+308,1795446370405,'c8af3f063ac74eedb39f7643630c6f7b',0,0);
INSERT INTO "metrics" VALUES('loss',3.33333333333333314829e-01,1795446370555,'b8a3060b463f4ef485e28674a8d76986',0,0);
INSERT INTO "metrics" VALUES('loss',0.25,1795446370585,'b8a3060b463f4ef485e28674a8d76986',1,0);
INSERT INTO "metrics" VALUES('loss',0.2,1795446370621,'b8a3060b463f4ef485e28674a8d76986',2,0);
INSERT INTO "metrics" VALUES('val/acc',0.5,1795446370649,'b8a3060b463f4ef485e28674a8d76986',0,0);
INSERT INTO "metrics" VALUES('worst',1.79769313486231562234e+308,1795446370677,'b8a3060b463f4ef485e28674a8d76986',0,0);
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES('lr','1.0','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "params" VALUES('act','relu','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "params" VALUES('flag','False','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "params" VALUES('optim/beta','0.9','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "params" VALUES('seed','0','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "params" VALUES('lr','0.1','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "params" VALUES('act','None','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "params" VALUES('flag','True','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "params" VALUES('optim/beta','0.9','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "params" VALUES('seed','1','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "params" VALUES('lr','0.01','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "params" VALUES('act','relu','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "params" VALUES('flag','True','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "params" VALUES('optim/beta','0.9','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "params" VALUES('seed','2','b8a3060b463f4ef485e28674a8d76986');
CREATE TABLE "runs" (
	run_uuid VARCHAR(32) NOT NULL, 
	name VARCHAR(250), 
	source_type VARCHAR(20), 
	source_name VARCHAR(500), 
	entry_point_name VARCHAR(50), 
	user_id VARCHAR(256), 
	status VARCHAR(9), 
	start_time BIGINT, 
	end_time BIGINT, 
	source_version VARCHAR(50), 
	lifecycle_stage VARCHAR(20), 
	artifact_uri VARCHAR(200), 
	experiment_id INTEGER, deleted_time BIGINT, 
	CONSTRAINT run_pk PRIMARY KEY (run_uuid), 
	CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), 
	CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED'))
);
INSERT INTO "runs" VALUES('fcad8ab758714165a9ab867d81cada06','run 0','UNKNOWN','','','root','FINISHED',1795446370057,1795446370213,'','active','/tmp/mk/artifacts/fcad8ab758714165a9ab867d81cada06/artifacts',1,NULL);
INSERT INTO "runs" VALUES('c8af3f063ac74eedb39f7643630c6f7b','run 1','UNKNOWN','','','root','FINISHED',1795446370235,1795446370433,'','active','/tmp/mk/artifacts/c8af3f063ac74eedb39f7643630c6f7b/artifacts',1,NULL);
INSERT INTO "runs" VALUES('b8a3060b463f4ef485e28674a8d76986','run 2','UNKNOWN','','','root','FAILED',1795446370458,1795446370705,'','active','/tmp/mk/artifacts/b8a3060b463f4ef485e28674a8d76986/artifacts',1,NULL);
INSERT INTO "runs" VALUES('c9b1b3128a6f44e0a031a4f7666694f7','stopped','UNKNOWN','','','root','KILLED',1795446370721,1795446370741,'','active','/tmp/mk/artifacts/c9b1b3128a6f44e0a031a4f7666694f7/artifacts',1,NULL);
INSERT INTO "runs" VALUES('ec5feec1f90641a78cc1955d2eff870a','gone','UNKNOWN','','','unknown','RUNNING',1795446370773,NULL,'','deleted','/tmp/mk/artifacts/ec5feec1f90641a78cc1955d2eff870a/artifacts',1,1795446370793);
INSERT INTO "runs" VALUES('de53a630c9c344deab79d13aaa9c0c35','under way','UNKNOWN','','','unknown','RUNNING',1795446370802,NULL,'','active','/tmp/mk/artifacts/de53a630c9c344deab79d13aaa9c0c35/artifacts',1,NULL);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES('mlflow.user','root','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "tags" VALUES('mlflow.source.name','make.py','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "tags" VALUES('team','vision','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "tags" VALUES('rating','0','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "tags" VALUES('mlflow.note.content','a note
of two lines: ''quoted''','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "tags" VALUES('mlflow.runName','run 0','fcad8ab758714165a9ab867d81cada06');
INSERT INTO "tags" VALUES('mlflow.user','root','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "tags" VALUES('mlflow.source.name','make.py','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "tags" VALUES('team','vision','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "tags" VALUES('rating','1','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "tags" VALUES('mlflow.runName','run 1','c8af3f063ac74eedb39f7643630c6f7b');
INSERT INTO "tags" VALUES('mlflow.user','root','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "tags" VALUES('mlflow.source.name','make.py','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "tags" VALUES('team','vision','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "tags" VALUES('rating','2','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "tags" VALUES('mlflow.runName','run 2','b8a3060b463f4ef485e28674a8d76986');
INSERT INTO "tags" VALUES('mlflow.user','root','c9b1b3128a6f44e0a031a4f7666694f7');
INSERT INTO "tags" VALUES('mlflow.source.name','make.py','c9b1b3128a6f44e0a031a4f7666694f7');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','c9b1b3128a6f44e0a031a4f7666694f7');
INSERT INTO "tags" VALUES('mlflow.runName','stopped','c9b1b3128a6f44e0a031a4f7666694f7');
INSERT INTO "tags" VALUES('mlflow.runName','gone','ec5feec1f90641a78cc1955d2eff870a');
INSERT INTO "tags" VALUES('mlflow.runName','under way','de53a630c9c344deab79d13aaa9c0c35');
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
CREATE INDEX index_latest_metrics_run_uuid ON latest_metrics (run_uuid);
CREATE INDEX index_params_run_uuid ON params (run_uuid);
CREATE INDEX index_tags_run_uuid ON tags (run_uuid);
CREATE INDEX idx_experiments_workspace ON experiments (workspace);
CREATE INDEX idx_experiments_workspace_creation_time ON experiments (workspace, creation_time);
CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, "key", step);
COMMIT;
